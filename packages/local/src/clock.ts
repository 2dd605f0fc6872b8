import type { Clock, Timer } from "@omnichat/core/store/clock"

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
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve()
        const finish = () => {
          clearTimeout(timer)
          signal?.removeEventListener("abort", finish)
          resolve()
        }
        const timer = setTimeout(finish, Math.max(0, ms))
        timer.unref()
        signal?.addEventListener("abort", finish)
      }),
    after(ms, run) {
      const timer = setTimeout(run, Math.max(0, ms))
      timer.unref()
      return () => clearTimeout(timer)
    },
    catchUp() {
      start = Math.max(start, Date.now() - performance.now())
    },
  }
}
