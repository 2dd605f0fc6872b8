import type { StartAck } from "@omnichat/core/protocol/frame"
import { backoff } from "./backoff.ts"
import type { Clock } from "./clock.ts"
import { toClientError } from "./errors.ts"
import type { ClientError } from "./errors.ts"

export type LargeStartHands = {
  clock: Clock
  /** Aborted when the client is closed; its reason is what the start rejects with. */
  signal: AbortSignal
  /** Resolves when the socket is open. */
  opened(): Promise<void>
  start(): Promise<StartAck>
}

const triesAtMost = 6
const waitAtMost = 5_000

/** Starts a run that does not fit into a message of the socket (protocol C5, H3). Again and again is once, by its id. */
export async function startByHttp(hands: LargeStartHands): Promise<StartAck> {
  const { clock, signal } = hands
  for (let tries = 1; ; tries++) {
    await hands.opened()
    try {
      return await hands.start()
    } catch (thrown) {
      const error = toClientError(thrown, "The start did not reach the server")
      if (signal.aborted || !worthAnother(error, tries)) throw error
      await pause(clock, error.retryAfterMs ?? backoff(clock, tries), signal)
    }
  }
}

function worthAnother(error: ClientError, tries: number): boolean {
  if (error.code === "offline") return true
  if (tries >= triesAtMost) return false
  return error.code === "timeout" || (error.code === "rate_limited" && (error.retryAfterMs ?? Infinity) <= waitAtMost)
}

function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return until(signal, (done) => clock.timer(ms, done))
}

/** Resolves when `begin`'s argument is called. On abort, what `begin` gave back is called and the reason thrown. */
export function until(signal: AbortSignal, begin: (done: () => void) => () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error)
    const abort = () => {
      cancel()
      reject(signal.reason as Error)
    }
    const cancel = begin(() => {
      signal.removeEventListener("abort", abort)
      resolve()
    })
    signal.addEventListener("abort", abort, { once: true })
  })
}
