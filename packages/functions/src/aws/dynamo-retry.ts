import { setTimeout as sleep } from "node:timers/promises"
import { Conflict, Throttled } from "@omnichat/core/store/table"

/** Waits before a further attempt; `attempt` counts from 0. */
export type Pause = (attempt: number) => Promise<void>

const attempts = 9
const firstPauseMs = 20
const longestPauseMs = 1000

/** Exponential backoff with full jitter (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/). */
export const backOff: Pause = async (attempt) => {
  await sleep(Math.random() * Math.min(longestPauseMs, firstPauseMs * 2 ** attempt))
}

/** Repeats what the SDK does not: conflicts of transactions, and throttling inside of them. */
export async function retrying<T>(pause: Pause, run: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await run()
    } catch (error) {
      const isPassing = error instanceof Conflict || error instanceof Throttled
      if (!isPassing || attempt + 1 >= attempts) throw error
      await pause(attempt)
    }
  }
}

/** Sends all in chunks, and again what DynamoDB left out, which `send` gives. Throws Throttled. */
export async function drain<T>(
  pause: Pause,
  all: T[],
  chunk: number,
  send: (some: T[]) => Promise<T[]>,
): Promise<void> {
  let left = all
  let attempt = 0
  while (left.length > 0) {
    const some = left.slice(0, chunk)
    const leftOut = await send(some)
    left = [...leftOut, ...left.slice(chunk)]
    attempt = leftOut.length < some.length ? 0 : attempt + 1
    if (attempt >= attempts) throw new Throttled(`DynamoDB left out all ${some.length} of a batch ${attempts} times`)
    if (leftOut.length > 0) await pause(attempt)
  }
}
