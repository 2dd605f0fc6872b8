import { For, Show, createEffect, on, onMount } from "solid-js"
import type { ModelSummary } from "@omnichat/core/protocol/http"
import { size } from "../models/list.ts"
import { useApp } from "../runtime/context.tsx"
import { isGlass } from "../ui/glass.ts"
import { Icon } from "../ui/icon.tsx"
import type { Composing, Upload } from "./composing.ts"
import { createHeld, obstacle } from "./held.ts"
import { OwnPicture } from "./own-picture.tsx"
import { grow, sendsMessage } from "./writing.ts"
import "./composer.css"

/** Where one writes. Words stay where they were written until they are sent, also over a reload. */
export function Composer(props: {
  composing: Composing
  model: ModelSummary | undefined
  /** A reply rather than a first message. */
  reply: boolean
  answering: boolean
  /** The chat has not been read: nobody knows yet what a message would follow. */
  unread: boolean
  /** A file is held over the page. */
  dropping: boolean
  onSend: () => void
  onStop: () => void
  /** The arrow up in an empty field. */
  onUp: () => boolean
}) {
  const app = useApp()
  let field!: HTMLTextAreaElement
  let picker!: HTMLInputElement
  const { catalogue } = app

  const thinks = () => props.model?.capabilities.includes("reasoning") ?? false
  const thinking = () => props.model !== undefined && !catalogue.state.unthinking[props.model.id]
  const blind = () =>
    props.model !== undefined &&
    !props.model.capabilities.includes("images") &&
    props.composing.state.files.some((file) => file.mediaType.startsWith("image/"))
  const stops = () => props.answering && !props.composing.ready()
  const held = createHeld({
    obstacle: () => {
      const { phase, looked } = catalogue.state
      const models = phase === "failed" ? phase : looked && phase === "ready" ? "known" : "looking"
      return obstacle({ unread: props.unread, model: props.model !== undefined, models })
    },
    send: () => {
      if (props.composing.ready()) props.onSend()
    },
  })
  const hint = () => held.why() ?? (blind() ? `${props.model?.name} does not see images` : "")
  const send = () => {
    if (!props.composing.ready()) return
    held.ask()
    // On glass the keyboard would cover what one waits for.
    if (isGlass()) field.blur()
    else field.focus()
  }

  onMount(() => {
    if (!isGlass()) field.focus()
  })
  // Another chat: its own words, and on a keyboard one can write at once.
  createEffect(
    on(
      () => props.composing,
      () => {
        grow(field)
        held.letGo()
        if (!isGlass() && !document.querySelector("dialog[open]")) field.focus()
      },
      { defer: true },
    ),
  )
  createEffect(
    on(
      () => props.composing.state.text,
      () => grow(field),
    ),
  )

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowUp" && field.value === "" && !event.isComposing && props.onUp()) event.preventDefault()
    else if (sendsMessage(event)) {
      event.preventDefault()
      send()
    }
  }
  const onPaste = (event: ClipboardEvent) => {
    const files = event.clipboardData?.files
    if (!files || files.length === 0) return
    event.preventDefault()
    props.composing.attach(files)
  }
  return (
    <form
      class="composer"
      classList={{ dropping: props.dropping }}
      aria-label="Write a message"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) field.focus()
      }}
    >
      <Show when={props.composing.state.files.length > 0}>
        <div class="files">
          <For each={props.composing.state.files}>
            {(file) => <FileChip file={file} onRemove={() => props.composing.detach(file.key)} />}
          </For>
        </div>
      </Show>
      <textarea
        ref={field}
        id="message"
        rows="1"
        aria-label="Message"
        placeholder={props.reply ? "Reply" : props.model ? `Message ${props.model.name}` : "Message"}
        value={props.composing.state.text}
        enterkeyhint={isGlass() ? "enter" : "send"}
        onInput={(event) => {
          held.letGo()
          props.composing.write(event.currentTarget.value)
        }}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
      />
      <div class="composer-row">
        <button type="button" class="tool" aria-label="Attach a file" onClick={() => picker.click()}>
          <Icon name="plus" />
        </button>
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          tabIndex={-1}
          aria-label="Files"
          onChange={() => {
            props.composing.attach([...(picker.files ?? [])])
            picker.value = ""
          }}
        />
        <Show when={thinks() && props.model}>
          {(model) => (
            <button
              type="button"
              class="toggle"
              aria-pressed={thinking()}
              onClick={() => catalogue.think(model().id, !thinking())}
            >
              <Icon name="think" />
              <span>Thinking</span>
            </button>
          )}
        </Show>
        <span class="push" />
        <span class="hint" role="status">
          {hint()}
        </span>
        <Show
          when={stops()}
          fallback={
            <button type="submit" class="send" aria-label="Send" disabled={!props.composing.ready()}>
              <Icon name="up" />
            </button>
          }
        >
          <button type="button" class="send" aria-label="Stop" title="Stop (Esc)" onClick={() => props.onStop()}>
            <Icon name="stop" />
          </button>
        </Show>
      </div>
    </form>
  )
}

function FileChip(props: { file: Upload; onRemove: () => void }) {
  const image = () => (props.file.id && props.file.mediaType.startsWith("image/") ? props.file.id : undefined)
  const state = () => {
    const { problem, id, progress, bytes } = props.file
    if (problem !== undefined) return problem
    return id ? size(bytes) : `${Math.floor(progress * 100)} %`
  }
  return (
    <span class="file" classList={{ bad: props.file.problem !== undefined }}>
      <Show
        when={image()}
        fallback={<Icon name={props.file.mediaType.startsWith("image/") ? "image" : "file"} small />}
      >
        {(id) => <OwnPicture id={id()} name="" />}
      </Show>
      <span class="name">{props.file.name}</span>
      <small>{state()}</small>
      <button type="button" class="tool" aria-label={`Remove ${props.file.name}`} onClick={() => props.onRemove()}>
        <Icon name="close" />
      </button>
      <Show when={!props.file.id && props.file.problem === undefined}>
        <span
          class="progress"
          role="progressbar"
          aria-label={`Uploading ${props.file.name}`}
          aria-valuemin="0"
          aria-valuemax="100"
          aria-valuenow={Math.floor(props.file.progress * 100)}
        >
          <i style={{ width: `${props.file.progress * 100}%` }} />
        </span>
      </Show>
    </span>
  )
}
