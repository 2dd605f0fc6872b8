import { useNavigate } from "@solidjs/router"
import { Show, createMemo, onMount } from "solid-js"
import type { ChatSummary } from "@omnichat/core/protocol/http"
import { limits } from "@omnichat/core/protocol/limits"
import { useApp } from "../runtime/context.tsx"
import { momentary, waitingSince } from "../runtime/conversation/queue.ts"
import { useStage } from "../shell/stage.tsx"
import { createLasting } from "../ui/lasting.ts"
import { Menu } from "../ui/menu.tsx"
import { lineNote } from "./line.ts"

/** One chat in the list: a link, its marks, and a menu to rename and delete it. */
export function ChatEntry(props: { chat: ChatSummary; current: boolean; onOpen: () => void }) {
  const app = useApp()
  const stage = useStage()
  const navigate = useNavigate()
  let openMenu: () => void = () => undefined
  const answering = () => Object.keys(props.chat.runs).length > 0
  const queue = createMemo(() => app.waits(props.chat))
  const waits = createLasting(
    createMemo(() => waitingSince(queue())),
    momentary,
  )
  const line = () => {
    const waited = queue()
    return waited && waits() ? lineNote(waited) : undefined
  }
  const unread = () => app.unread.state[props.chat.id] === true

  const remove = () => {
    if (props.current) navigate("/")
    app.removal.remove(props.chat.id)
  }

  return (
    <li
      class="entry"
      onContextMenu={(event) => {
        event.preventDefault()
        openMenu()
      }}
    >
      <Show
        when={stage.state.renaming !== props.chat.id}
        fallback={<TitleField chat={props.chat} onDone={() => stage.set({ renaming: undefined })} />}
      >
        <a
          class="row"
          classList={{ unread: unread() }}
          href={`/chat/${props.chat.id}`}
          aria-current={props.current ? "page" : undefined}
          title={props.chat.title}
          onClick={() => props.onOpen()}
        >
          <span class="name">{props.chat.title}</span>
          <Show when={answering()}>
            <Show when={line()} fallback={<span class="dot alive" role="img" aria-label="answering" />}>
              <span class="note">{line()}</span>
            </Show>
          </Show>
          <Show when={unread() && !answering()}>
            <span class="dot unread" role="img" aria-label="new answer" />
          </Show>
        </a>
        <Menu
          label={`More about ${props.chat.title}`}
          icon="dots"
          control={(open) => (openMenu = open)}
          items={[
            { label: "Rename", icon: "edit", run: () => stage.set({ renaming: props.chat.id }) },
            { label: "Delete", icon: "trash", danger: true, run: remove },
          ]}
        />
      </Show>
    </li>
  )
}

/** The title, being written in its place. Leaving the field keeps what is in it, Escape does not. */
function TitleField(props: { chat: ChatSummary; onDone: () => void }) {
  const app = useApp()
  let field!: HTMLInputElement
  let done = false
  onMount(() => {
    field.focus()
    field.select()
  })
  const finish = (keep: boolean) => {
    if (done) return
    done = true
    const title = field.value.trim()
    const entry = field.closest(".entry")
    const focused = document.activeElement === field
    if (keep && title !== "" && title !== props.chat.title) void app.rename(props.chat.id, title)
    props.onDone()
    if (focused) entry?.querySelector<HTMLElement>(".row")?.focus()
  }
  return (
    <input
      ref={field}
      aria-label="Title"
      value={props.chat.title}
      maxLength={limits.titleCharacters}
      onBlur={() => finish(true)}
      onKeyDown={(event) => {
        if (event.isComposing) return
        if (event.key === "Enter" || event.key === "Escape") {
          event.preventDefault()
          event.stopPropagation()
          finish(event.key === "Enter")
        }
      }}
    />
  )
}
