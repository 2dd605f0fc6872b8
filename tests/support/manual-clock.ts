import type { Clock } from "@omnichat/core/store/clock"

/** A clock that a test moves. */
export type ManualClock = Clock & {
  /** Moves the time and wakes those whose sleep is over, in their order. */
  advance(ms: number): void
  /** Resolves as soon as somebody sleeps. */
  asleep(): Promise<void>
}

export function manualClock(start = 1_000_000): ManualClock {
  let now = start
  let watching: (() => void)[] = []
  const sleepers = new Set<{ until: number; wake: () => void }>()
  return {
    now: () => now,
    sleep(ms, signal) {
      if (signal?.aborted) return Promise.resolve()
      return new Promise((resolve) => {
        const wake = () => {
          sleepers.delete(sleeper)
          signal?.removeEventListener("abort", wake)
          resolve()
        }
        const sleeper = { until: now + ms, wake }
        sleepers.add(sleeper)
        signal?.addEventListener("abort", wake, { once: true })
        for (const seen of watching) seen()
        watching = []
      })
    },
    advance(ms) {
      now += ms
      const due = [...sleepers].filter((sleeper) => sleeper.until <= now)
      for (const sleeper of due.sort((a, b) => a.until - b.until)) sleeper.wake()
    },
    asleep: () => (sleepers.size > 0 ? Promise.resolve() : new Promise((resolve) => watching.push(resolve))),
  }
}

/** A clock on which every sleep is over at once. */
export const hastyClock: Clock = { now: () => 1_000_000, sleep: () => Promise.resolve() }
