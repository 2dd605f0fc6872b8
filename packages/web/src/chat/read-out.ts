import { createEffect, on, onCleanup } from "solid-js"
import type { Turn } from "../runtime/conversation/turn.ts"
import { textOf } from "../runtime/conversation/turn.ts"
import { announce } from "../shell/announcer.tsx"
import { faultOf } from "./fault.ts"
import { sentences } from "./sentences.ts"

/** What has come is told to screen readers this often (ms). */
const interval = 1500

/** Reads an answer out while it is being written, sentence by sentence. `last` says whether it is the one to read. */
export function createReading(turn: () => Turn, name: () => string, last: () => boolean): void {
  let from = 0
  const tell = (ended: boolean) => {
    const { spoken, next } = sentences(textOf(turn().parts), from, ended)
    from = next
    if (spoken !== "") announce(spoken)
  }
  createEffect(
    on(
      () => turn().status === "running" && last(),
      (reading, before) => {
        if (reading) {
          announce(`${name()} answers`)
          const timer = setInterval(() => tell(false), interval)
          onCleanup(() => clearInterval(timer))
        } else if (before && turn().status !== "running") {
          tell(true)
          // A fault is an alert of its own.
          if (!faultOf(turn(), name())) announce(turn().status === "stopped" ? "Stopped" : "The answer is complete")
        }
      },
    ),
  )
}
