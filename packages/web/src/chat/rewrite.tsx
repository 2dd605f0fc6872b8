import { For, Show, createSignal, onMount } from "solid-js"
import type { Draft } from "../runtime/drafts.ts"
import { Icon } from "../ui/icon.tsx"
import { grow, sendsMessage } from "./writing.ts"

/** A message being written anew in its place. */
export function Rewrite(props: { content: Draft; onCancel: () => void; onSend: (content: Draft) => void }) {
  const [text, setText] = createSignal(props.content.text)
  const [files, setFiles] = createSignal(props.content.files)
  let field!: HTMLTextAreaElement
  const ready = () => text().trim() !== "" || files().length > 0
  const send = () => {
    if (ready()) props.onSend({ text: text(), files: files() })
  }
  onMount(() => {
    grow(field)
    field.focus()
    field.setSelectionRange(field.value.length, field.value.length)
  })
  return (
    <form
      class="rewrite"
      aria-label="Edit your message"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <Show when={files().length > 0}>
        <div class="files">
          <For each={files()}>
            {(file) => (
              <span class="file">
                <Icon name={file.mediaType.startsWith("image/") ? "image" : "file"} small />
                <span class="name">{file.name}</span>
                <button
                  type="button"
                  class="tool"
                  aria-label={`Remove ${file.name}`}
                  onClick={() => setFiles(files().filter((other) => other.id !== file.id))}
                >
                  <Icon name="close" />
                </button>
              </span>
            )}
          </For>
        </div>
      </Show>
      <textarea
        ref={field}
        rows="1"
        aria-label="Message"
        value={text()}
        onInput={(event) => {
          setText(event.currentTarget.value)
          grow(event.currentTarget)
        }}
        onKeyDown={(event) => {
          if (event.isComposing) return
          if (event.key === "Escape") {
            event.preventDefault()
            props.onCancel()
          } else if (sendsMessage(event)) {
            event.preventDefault()
            send()
          }
        }}
      />
      <div class="choices">
        <button type="button" class="button plain" onClick={() => props.onCancel()}>
          Cancel
        </button>
        <button type="submit" class="button strong" disabled={!ready()}>
          Send
        </button>
      </div>
    </form>
  )
}
