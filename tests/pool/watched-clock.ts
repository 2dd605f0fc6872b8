import { manualClock } from "../../packages/core/test/manual-clock.ts"
import type { ManualClock } from "../../packages/core/test/manual-clock.ts"

export type WatchedClock = ManualClock & {
  /** Resolves as soon as somebody has begun to wait for exactly so long, so many times in all. */
  waits(ms: number, times?: number): Promise<void>
  /** How often somebody has begun to. */
  waited(ms: number): number
  /** How long it is that somebody began to wait last. */
  lastWait(): number
}

/** A clock that the test moves, and that tells it who waits. */
export function watchedClock(start?: number): WatchedClock {
  const clock = manualClock(start)
  const counts = new Map<number, number>()
  const watchers: (() => void)[] = []
  const waited = (ms: number) => counts.get(ms) ?? 0
  let last = 0
  return {
    ...clock,
    sleep(ms, signal) {
      const slept = clock.sleep(ms, signal)
      last = ms
      counts.set(ms, waited(ms) + 1)
      for (const watcher of watchers.splice(0)) watcher()
      return slept
    },
    waited,
    lastWait: () => last,
    async waits(ms, times = 1) {
      while (waited(ms) < times) await new Promise<void>((resolve) => watchers.push(resolve))
    },
  }
}
