import { describe } from "../log.ts"
import type { RunPorts } from "./ports.ts"
import type { RunRecord } from "./record.ts"
import { renew } from "./store.ts"

/**
 * Keeps a worker's lease until `signal` is aborted. `renewed` gets the record each renewal gave and when that renewal
 * was sent; `lost` is called once, when somebody else holds the run or the lease could not be renewed in time.
 */
export async function keepLease(
  ports: Pick<RunPorts, "table" | "clock" | "log" | "runSettings">,
  record: RunRecord,
  owner: string,
  on: { renewed(record: RunRecord, sentAt: number): void; lost(why: "fenced" | "expired"): void },
  signal: AbortSignal,
): Promise<void> {
  const { table, clock, log, runSettings } = ports
  let leaseUntil = record.leaseUntil ?? 0
  let pause = runSettings.renewEvery
  for (;;) {
    const lastMoment = leaseUntil - runSettings.leaseMargin
    await clock.sleep(Math.min(pause, Math.max(0, lastMoment - clock.now())), signal)
    if (signal.aborted) return
    const sentAt = clock.now()
    if (sentAt >= lastMoment) return on.lost("expired")
    const wanted = sentAt + runSettings.lease
    try {
      const attempt = await withTimeout(ports, renew(table, record.runId, owner, wanted), lastMoment - sentAt)
      if (signal.aborted) return
      if (attempt === "late") continue
      if (!attempt.done) return on.lost("fenced")
      leaseUntil = wanted
      pause = runSettings.renewEvery
      on.renewed(attempt.record, sentAt)
    } catch (error) {
      if (signal.aborted) return
      log.warn("lease-not-renewed", { run: record.runId, error: describe(error) })
      pause = Math.min(1000, runSettings.renewEvery)
    }
  }
}

async function withTimeout<T>(ports: Pick<RunPorts, "clock">, work: Promise<T>, ms: number): Promise<T | "late"> {
  const done = new AbortController()
  try {
    return await Promise.race([work, ports.clock.sleep(ms, done.signal).then(() => "late" as const)])
  } finally {
    done.abort()
  }
}
