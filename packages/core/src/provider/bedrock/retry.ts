import type { Clock } from "../../store/clock.ts"

/** What waits between attempts. */
export type Patience = {
  clock: Clock
  /** From 0 to 1. Default Math.random. */
  random?: () => number
}

/** The longest pauses before the second and later attempts, in milliseconds. */
const pauses = [1000, 2000, 4000, 8000]

/** The longest that all pauses take, in milliseconds. */
export const longestWait = pauses.reduce((sum, each) => sum + each, 0)

/** Attempts at one model, the first included. */
export const attempts = pauses.length + 1

/** Waits before the next attempt (1 is the second): at least half of the pause, so that many askers do not come at once. */
export async function pause(
  { clock, random = Math.random }: Patience,
  attempt: number,
  signal: AbortSignal,
): Promise<void> {
  const longest = pauses[attempt - 1] ?? 0
  await clock.sleep(longest * (0.5 + random() / 2), signal)
}
