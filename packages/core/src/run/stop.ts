import type { Actor } from "../access/actor.ts"
import type { StopAck } from "../protocol/frame.ts"
import type { RunId } from "../protocol/id.ts"
import { OmniError } from "../protocol/error.ts"
import type { EndedStatus } from "../protocol/event.ts"
import { findRun, isLeaseOver } from "./access.ts"
import { closeRun } from "./close.ts"
import type { RunPorts } from "./ports.ts"
import { type RunRecord, isUnfinished } from "./record.ts"
import { flagStop, readRecord } from "./store.ts"
import { topics } from "./wake.ts"

/**
 * Asks the run to stop. A worker that lives sees the flag within half a second; a run without one is closed here.
 *
 * @throws OmniError `not_found`
 */
export async function stopRun(ports: RunPorts, actor: Actor, runId: RunId): Promise<StopAck> {
  await findRun(ports, actor, "run.stop", runId)
  const record = await stopNow(ports, runId)
  if (record === undefined)
    throw new OmniError("not_found", `Run ${runId} does not exist, or ended more than 24 hours ago.`)
  return { runId, status: isUnfinished(record) ? "stopping" : (record.status as EndedStatus) }
}

/** The same without asking who; gives the record as it then is. */
export async function stopNow(ports: RunPorts, runId: RunId): Promise<RunRecord | undefined> {
  const attempt = await flagStop(ports.table, runId)
  if (!attempt.done) return attempt.record
  ports.wake.notify(topics.state(runId))
  const record = attempt.record
  if (record.status !== "queued" && !isLeaseOver(record, ports)) return record
  await closeRun(ports, record)
  return readRecord(ports.table, runId)
}
