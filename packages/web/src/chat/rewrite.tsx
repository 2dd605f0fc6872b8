import { For, Show, createSignal, onMount } from "solid-js"
import { useApp } from "../runtime/context.tsx"
import type { Draft } from "../runtime/drafts.ts"
import { Icon } from "../ui/icon.tsx"
import { grow, sendsMessage } from "./writing.ts"

/** A message being written anew in its place. What is written there is kept, like all that is written. */
export function Rewrite(props: {
  /** The key of the message. */
  of: string
  content: Draft
  onCancel: () => void
  onSend: (content: Draft) => void
}) {
  const { drafts } = useApp()
  const place = `edit.${props.of}` as const
  const before = drafts.read(place)
  const begun = before.text !== "" || before.files.length > 0
  const [text, setText] = createSignal(begun ? before.text : props.content.text)
  const [files, setFiles] = createSignal(begun ? before.files : props.content.files)
  let field!: HTMLTextAreaElement
  const ready = () => text().trim() !== "" || files().length > 0
  const forget = () => drafts.write(place, { text: "", files: [] })
  const cancel = () => {
    forget()
    props.onCancel()
  }
  const send = () => {
    if (!ready()) return
    forget()
    props.onSend({ text: text(), files: files() })
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
          drafts.write(place, { text: text(), files: files() })
          grow(event.currentTarget)
        }}
        onKeyDown={(event) => {
          if (event.isComposing) return
          if (event.key === "Escape") {
            event.preventDefault()
            cancel()
          } else if (sendsMessage(event)) {
            event.preventDefault()
            send()
          }
        }}
      />
      <div class="choices">
        <button type="button" class="button plain" onClick={cancel}>
          Cancel
        </button>
        <button type="submit" class="button strong" disabled={!ready()}>
          Send
        </button>
      </div>
    </form>
  )
}
