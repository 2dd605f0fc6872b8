import type { Clock } from "@omnichat/core/store/clock"

/** A clock that the test moves, and that tells it who waits. */
export type WatchedClock = Clock & {
  /** Moves the time, and wakes those whose time has come, in their order. */
  advance(ms: number): void
  /** Resolves as soon as somebody has begun to wait for exactly so long, so many times in all. */
  waits(ms: number, times?: number): Promise<void>
  /** How often somebody has begun to. */
  waited(ms: number): number
  /** How long it is that somebody began to wait last. */
  lastWait(): number
}

export function watchedClock(start = 1_000_000): WatchedClock {
  let now = start
  let last = 0
  const sleepers = new Set<{ until: number; wake: () => void }>()
  const counts = new Map<number, number>()
  const watchers: (() => void)[] = []
  const waited = (ms: number) => counts.get(ms) ?? 0
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
        last = ms
        counts.set(ms, waited(ms) + 1)
        for (const watcher of watchers.splice(0)) watcher()
      })
    },
    advance(ms) {
      now += ms
      const due = [...sleepers].filter(({ until }) => until <= now)
      for (const { wake } of due.sort((a, b) => a.until - b.until)) wake()
    },
    waited,
    lastWait: () => last,
    async waits(ms, times = 1) {
      while (waited(ms) < times) await new Promise<void>((resolve) => watchers.push(resolve))
    },
  }
}
