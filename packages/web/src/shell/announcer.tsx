import { For, createSignal } from "solid-js"

/** How many announcements stay in the page: a reader may still be speaking the earlier ones. */
const kept = 4

const [spoken, setSpoken] = createSignal<{ text: string }[]>([])

/** Has a screen reader say something when it next pauses. */
export function announce(text: string): void {
  setSpoken((before) => [...before, { text }].slice(-kept))
}

/** The one place that screen readers are told to listen to. */
export function Announcer() {
  return (
    <div class="hidden" role="log" aria-live="polite" aria-relevant="additions" aria-label="Announcements">
      <For each={spoken()}>{(entry) => <p>{entry.text}</p>}</For>
    </div>
  )
}
