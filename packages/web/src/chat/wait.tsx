import { Show } from "solid-js"
import type { Turn } from "../runtime/conversation/turn.ts"
import { createSeconds } from "../ui/seconds.ts"
import { waitingFor } from "./waiting.ts"

/** An answer that has no words yet: the caret, and after a while what it waits for. */
export function Wait(props: { turn: Turn; name: string }) {
  const began = Date.now()
  const now = createSeconds(() => true)
  const thinking = () => props.turn.parts.some((part) => part.type === "reasoning")
  const waiting = () => waitingFor(props.turn.queue, props.name, began, now())
  return (
    <Show when={!thinking() && !props.turn.stopping}>
      <Show
        when={waiting()}
        fallback={
          <p class="begins">
            <span class="caret" aria-hidden="true" />
          </p>
        }
      >
        {(what) => (
          <section class="wait" aria-label={what().title}>
            <h2>
              <span class="dot alive" />
              {what().title}
              <Show when={what().left}>
                <span class="left">{what().left}</span>
              </Show>
            </h2>
            <Show when={what().progress !== undefined}>
              <div
                class="progress"
                role="progressbar"
                aria-label={what().title}
                aria-valuemin="0"
                aria-valuemax="100"
                aria-valuenow={Math.round((what().progress ?? 0) * 100)}
              >
                <i style={{ width: `${(what().progress ?? 0) * 100}%` }} />
              </div>
            </Show>
          </section>
        )}
      </Show>
    </Show>
  )
}
