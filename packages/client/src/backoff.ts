import type { Clock } from "./clock.ts"

/** The longest wait before another attempt, in milliseconds. */
const cap = 15_000

/**
 * Milliseconds to wait before attempt `attempt` (the first is 0): soon at first, for most losses are short, then twice
 * as long each time up to the cap, spread over the upper half.
 */
export function backoff(clock: Clock, attempt: number): number {
  if (attempt === 0) return clock.random() * 250
  const longest = Math.min(cap, 500 * 2 ** attempt)
  return (longest * (1 + clock.random())) / 2
}
