import { setMaxListeners } from "node:events"
import { setTimeout as sleep } from "node:timers/promises"
import { newRequestId } from "./instance.ts"
import type { Outcome } from "./instance.ts"
import type { Pool } from "./pool.ts"

/** What AWS allows itself with calls that nobody waits for: they come at least once, at some time. */
export type AsyncFaults = {
  /** How often each comes. */
  copies: number
  /** How long each waits, milliseconds. */
  delayMs: number
}

export type AsyncQueue = {
  faults: AsyncFaults
  send(pool: Pool, payload: string): void
  settled(): Promise<void>
  /** Begins nothing more. */
  close(): void
}

type Failure = { condition: "RetriesExhausted" | "EventAgeExceeded"; attempts: number; outcome?: Outcome }

/** Lambda's own queue (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html). */
export function createQueue(poolOf: (name: string) => Pool): AsyncQueue {
  const faults: AsyncFaults = { copies: 1, delayMs: 0 }
  const pending = new Set<Promise<void>>()
  const closing = new AbortController()
  setMaxListeners(0, closing.signal)
  /** Also over when everything ends. */
  const pause = (ms: number) => sleep(ms, undefined, { signal: closing.signal }).catch(() => {})

  function send(pool: Pool, payload: string): void {
    if (closing.signal.aborted) return
    for (let copy = 0; copy < faults.copies; copy += 1) {
      const kept: Promise<void> = deliver(pool, payload).finally(() => pending.delete(kept))
      pending.add(kept)
    }
  }

  async function deliver(pool: Pool, payload: string): Promise<void> {
    const sentAt = Date.now()
    const { maximumAgeMs = 6 * 3600_000, delaysMs = [], onFailure } = pool.options.retry ?? {}
    let failure: Failure | undefined
    if (faults.delayMs > 0) await pause(faults.delayMs)
    for (let attempts = 0; !closing.signal.aborted;) {
      if (Date.now() - sentAt > maximumAgeMs) {
        failure = { ...failure, condition: "EventAgeExceeded", attempts }
        break
      }
      const outcome = await pool.invoke(payload).outcome
      attempts += 1
      if (outcome.kind !== "error") return
      failure = { condition: "RetriesExhausted", attempts, outcome }
      const delay = delaysMs[attempts - 1]
      if (delay === undefined) break
      await pause(delay)
    }
    if (failure === undefined || onFailure === undefined || closing.signal.aborted) return
    send(poolOf(onFailure), JSON.stringify(recordOf(pool, payload, failure)))
  }

  return {
    faults,
    send,
    async settled() {
      while (pending.size > 0) await Promise.all(pending)
    },
    close: () => closing.abort(),
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
function recordOf(pool: Pool, payload: string, { condition, attempts, outcome }: Failure): object {
  const isError = outcome?.kind === "error"
  return {
    version: "1.0",
    timestamp: new Date().toISOString(),
    requestContext: {
      requestId: newRequestId(),
      functionArn: `${pool.arn}:$LATEST`,
      condition,
      approximateInvokeCount: attempts,
    },
    requestPayload: JSON.parse(payload) as unknown,
    ...(isError && {
      responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
      responsePayload: JSON.parse(outcome.payload) as unknown,
    }),
  }
}
