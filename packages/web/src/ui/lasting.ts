import { createEffect, createSignal, on, onCleanup, untrack } from "solid-js"

/** Whether something that began at `since` (epoch ms; undefined: it is not so) has lasted for `ms`. */
export function createLasting(since: () => number | undefined, ms: number): () => boolean {
  const rest = (from: number) => from + ms - Date.now()
  const isOver = (from: number | undefined) => from !== undefined && rest(from) <= 0
  const [over, setOver] = createSignal(isOver(untrack(since)))
  createEffect(
    on(since, (from) => {
      setOver(isOver(from))
      if (from === undefined || isOver(from)) return
      const timer = setTimeout(() => setOver(true), rest(from))
      onCleanup(() => clearTimeout(timer))
    }),
  )
  return over
}
