import { Show, createEffect, createSignal, onCleanup } from "solid-js"
import type { Turn } from "../runtime/conversation/turn.ts"
import type { Acts } from "./acts.ts"
import type { Told } from "./told.tsx"

/** Silence for this long (ms) may have to be told of; it is fetched by then. */
const soon = 1500

/** What tells of a wait, from the first time on that somebody waits. */
const [told, setTold] = createSignal<typeof Told>()

/** An answer that has no words yet: the caret, and after a while what it waits for. */
export function Wait(props: {
  turn: Turn
  name: string
  acts: Acts
  temporary: boolean
  /** It is what the reader waits for: a screen reader says it. */
  last: boolean
  /** What is told here is about to make room for words. */
  onOver: () => void
}) {
  const since = Date.now()
  const thinking = () => props.turn.parts.some((part) => part.type === "reasoning")
  createEffect(() => {
    if (told()) return
    if (props.turn.queue) return fetchTold()
    const timer = setTimeout(fetchTold, soon)
    onCleanup(() => clearTimeout(timer))
  })
  return (
    <Show when={!thinking() && !props.turn.stopping}>
      <Show when={told()} fallback={<Caret />}>
        {(part) => {
          const View = part()
          return (
            <View
              turn={props.turn}
              name={props.name}
              acts={props.acts}
              temporary={props.temporary}
              last={props.last}
              since={since}
              fallback={<Caret />}
              onOver={props.onOver}
            />
          )
        }}
      </Show>
    </Show>
  )
}

function Caret() {
  return (
    <p class="begins">
      <span class="caret" aria-hidden="true" />
    </p>
  )
}

function fetchTold(): void {
  import("./told.tsx").then(
    (part) => setTold(() => part.Told),
    () => undefined, // the caret stays; the next word of the line asks again
  )
}
