import { createEffect, createSignal, onCleanup } from "solid-js"

/** The time in epoch milliseconds, moving on every second as long as `active` says so. */
export function createSeconds(active: () => boolean): () => number {
  const [now, setNow] = createSignal(Date.now())
  createEffect(() => {
    if (!active()) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), 1000)
    onCleanup(() => clearInterval(timer))
  })
  return now
}
