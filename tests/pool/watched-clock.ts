import { manualClock } from "../support/manual-clock.ts"
import type { ManualClock } from "../support/manual-clock.ts"

/** A clock that the test moves, and that tells it who waits. */
export type WatchedClock = ManualClock & {
  /** Resolves as soon as somebody has begun to wait for exactly so long, so many times in all. */
  waits(ms: number, times?: number): Promise<void>
  /** How often somebody has begun to. */
  waited(ms: number): number
  /** How long it is that somebody began to wait last. */
  lastWait(): number
}

export function watchedClock(start?: number): WatchedClock {
  const clock = manualClock(start)
  let last = 0
  const counts = new Map<number, number>()
  const watchers: (() => void)[] = []
  const waited = (ms: number) => counts.get(ms) ?? 0
  return {
    ...clock,
    sleep(ms, signal) {
      const sleeping = clock.sleep(ms, signal)
      if (signal?.aborted) return sleeping
      last = ms
      counts.set(ms, waited(ms) + 1)
      for (const watcher of watchers.splice(0)) watcher()
      return sleeping
    },
    waited,
    lastWait: () => last,
    async waits(ms, times = 1) {
      while (waited(ms) < times) await new Promise<void>((resolve) => watchers.push(resolve))
    },
  }
}
