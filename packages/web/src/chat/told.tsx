import { Index, Show, createEffect, createMemo, on, onCleanup } from "solid-js"
import type { JSX } from "solid-js"
import { momentary, waitingSince } from "../runtime/conversation/queue.ts"
import type { Turn } from "../runtime/conversation/turn.ts"
import { announce } from "../shell/announcer.tsx"
import { Icon } from "../ui/icon.tsx"
import { createLasting } from "../ui/lasting.ts"
import { createSeconds } from "../ui/seconds.ts"
import type { Acts } from "./acts.ts"
import { waitingFor } from "./waiting.ts"
import type { Waiting } from "./waiting.ts"

export type ToldProps = {
  turn: Turn
  name: string
  acts: Acts
  temporary: boolean
  /** It is what the reader waits for: a screen reader says it. */
  last: boolean
  /** Since when there are no words (epoch ms). */
  since: number
  /** What is shown while there is nothing to say. */
  fallback: JSX.Element
  /** What is told here is about to make room for words. */
  onOver: () => void
}

/** What an answer waits for that has no words yet. */
export function Told(props: ToldProps) {
  const now = createSeconds(() => true)
  const lasts = createLasting(
    createMemo(() => waitingSince(props.turn.queue)),
    momentary,
  )
  const waiting = createMemo(() => {
    const { queue } = props.turn
    if (queue && !lasts()) return undefined
    return waitingFor(queue, { name: props.name, since: props.since, now: now(), temporary: props.temporary })
  })
  const spoken = createMemo(() => waiting()?.spoken)
  createEffect(
    on(spoken, (what) => {
      if (what === undefined || !props.last) return
      const left = waiting()?.left
      announce(left === undefined ? what : `${what}, ${left}`)
    }),
  )
  return (
    <Show when={waiting()} fallback={props.fallback}>
      {(what) => <Box what={what()} turn={props.turn} acts={props.acts} onOver={props.onOver} />}
    </Show>
  )
}

function Box(props: { what: Waiting; turn: Turn; acts: Acts; onOver: () => void }) {
  onCleanup(() => props.onOver())
  return (
    <section class="wait" aria-label={props.what.title}>
      <h2>
        <span class="dot alive" />
        {props.what.title}
        <Show when={props.what.left}>
          <span class="left">{props.what.left}</span>
        </Show>
      </h2>
      <Show when={props.what.progress !== undefined}>
        <Bar label={props.what.title} progress={props.what.progress} />
      </Show>
      <Show when={props.what.text}>
        <p>{props.what.text}</p>
      </Show>
      <Show when={props.what.steps.length > 0}>
        <ol class="steps">
          <Index each={props.what.steps}>
            {(step) => (
              <li classList={{ [step().state]: true }} aria-current={step().state === "now" ? "step" : undefined}>
                <span>
                  <Show
                    when={step().state === "done"}
                    fallback={<span class={step().state === "now" ? "dot alive" : "ring"} />}
                  >
                    <Icon name="check" small />
                  </Show>
                </span>
                {step().label}
                <Show when={step().amount}>
                  <span class="amount">{step().amount}</span>
                </Show>
              </li>
            )}
          </Index>
        </ol>
      </Show>
      <Show when={props.turn.queue}>
        <div class="choices">
          <button
            type="button"
            class="button plain"
            onClick={(event) => props.acts.againWith(props.turn.key, event.currentTarget.getBoundingClientRect())}
          >
            <Icon name="swap" />
            Pick another model
          </button>
          <button type="button" class="button plain" onClick={() => props.acts.stop(props.turn.key)}>
            Stop
          </button>
        </div>
      </Show>
    </section>
  )
}

function Bar(props: { label: string; progress: number | "unknown" | undefined }) {
  const percent = () => (typeof props.progress === "number" ? props.progress * 100 : undefined)
  return (
    <div
      class="progress"
      role="progressbar"
      aria-label={props.label}
      aria-valuemin="0"
      aria-valuemax="100"
      aria-valuenow={percent() === undefined ? undefined : Math.floor(percent() ?? 0)}
    >
      <i style={{ width: `${percent() ?? 0}%` }} />
    </div>
  )
}
