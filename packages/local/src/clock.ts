import type { Clock, Timer } from "@omnichat/core/store/clock"
import { timers } from "@omnichat/functions/timers"

export type MachineClock = Clock &
  Timer & {
    /**
     * Moves the clock forward to the wall's where it has fallen behind, as after the machine was asleep; never back. Only
     * for a moment without runs: a lease in use would be over at once.
     */
    catchUp(): void
  }

/** The wall clock as it was at start plus the time that has passed since, so that no clock change reaches a lease. */
export function createClock(): MachineClock {
  let start = Date.now() - performance.now()
  const now = () => Math.floor(start + performance.now())
  return {
    now,
    ...timers,
    catchUp() {
      start = Math.max(start, Date.now() - performance.now())
    },
  }
}
