import { For, Show, createEffect, createMemo, createSignal, onCleanup, onMount } from "solid-js"
import type { ChatId } from "@omnichat/core/protocol/id"
import { useApp } from "../runtime/context.tsx"
import { groupByDay } from "./groups.ts"
import { ChatEntry } from "./entry.tsx"
import { windowOf } from "./window.ts"
import "./chats.css"

/** Up to this many chats all are in the page; longer lists are drawn where one looks. */
const plain = 150
/** Pixels beyond what one sees that are drawn too, and that ask for the next page. */
const margin = 1200

/** The chats by day. More of them are read as one comes near the end. */
export function ChatListView(props: { current: ChatId | undefined; onOpen: () => void }) {
  const app = useApp()
  const { state } = app.list
  let box!: HTMLDivElement
  const [view, setView] = createSignal({ from: 0, to: 2000 })
  const now = createToday()

  const groups = createMemo(() => {
    // Thousands of times are read: the order alone tells of their changes.
    const { chats } = app.list.raw
    return state.order && groupByDay(app.list.raw.order, (id) => Date.parse(chats[id]?.updatedAt ?? ""), now())
  })
  const heights = createMemo(() => {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize)
    const target = parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--target"))
    return { heading: 2.5 * rem, row: target * rem }
  })
  const drawn = createMemo(() => {
    const { from, to } = state.order.length > plain ? view() : { from: 0, to: Infinity }
    return windowOf(groups(), heights(), from, to)
  })
  const look = () => {
    const from = box.scrollTop - margin
    const to = box.scrollTop + box.clientHeight + margin
    // In steps: a list that is drawn anew for every pixel would be slower than a whole one.
    if (Math.abs(from - view().from) > margin / 4 || to !== view().to) setView({ from, to })
    if (state.next !== undefined && box.scrollHeight < to) void app.list.more()
  }
  onMount(() => {
    const watcher = new ResizeObserver(look)
    watcher.observe(box)
    onCleanup(() => watcher.disconnect())
  })
  // A page that has come may not fill the list yet.
  createEffect(() => {
    if (!state.reading && state.order.length > 0) requestAnimationFrame(look)
  })

  return (
    <div ref={box} class="chat-list" onScroll={look}>
      <div style={{ height: `${drawn().above}px` }} />
      <For each={drawn().spans.map((span) => span.label)}>
        {(label) => {
          const span = () => drawn().spans.find((candidate) => candidate.label === label)
          return (
            <>
              <Show when={span()?.first}>
                <h2 class="group">{label}</h2>
              </Show>
              <ul aria-label={label}>
                <For each={span()?.ids ?? []}>
                  {(id) => (
                    <Show when={state.chats[id]}>
                      {(chat) => <ChatEntry chat={chat()} current={props.current === id} onOpen={props.onOpen} />}
                    </Show>
                  )}
                </For>
              </ul>
            </>
          )
        }}
      </For>
      <div style={{ height: `${drawn().below}px` }} />
      <Show when={state.phase === "failed"}>
        <p class="none">The list could not be read. It comes with the connection.</p>
      </Show>
    </div>
  )
}

/** The time as far as days go: it moves on at midnight. */
function createToday(): () => number {
  const [now, setNow] = createSignal(Date.now())
  const timer = setInterval(() => {
    if (new Date().getDate() !== new Date(now()).getDate()) setNow(Date.now())
  }, 60_000)
  onCleanup(() => clearInterval(timer))
  return now
}
