import { describe } from "../log.ts"
import { OmniError } from "../protocol/error.ts"
import type { Usage } from "../protocol/event.ts"
import type { Reduction } from "../protocol/reduce.ts"
import { apply } from "../protocol/reduce.ts"
import { type Outcome, closingEvents, estimateTokens, spokenCharacters } from "./closing.ts"
import { encodeEvents } from "./encode.ts"
import { afterEnd, writeEnd } from "./end.ts"
import { EventLog } from "./event-log.ts"
import { type Batch, readJournal, reduceJournal } from "./journal.ts"
import type { RunPorts } from "./ports.ts"
import { Pumps } from "./pumps.ts"
import type { RunRecord } from "./record.ts"
import { readRecord, takeOver, unregister } from "./store.ts"
import { topics } from "./wake.ts"

export type CloseReason = {
  /** The outcome for a run nobody asked to stop; with the stop flag it ends as stopped. */
  outcome?: Outcome
  /** At the start of a one-machine server every lease is over, whatever it says. */
  everyLeaseIsOver?: boolean
}

const died: Outcome = {
  status: "interrupted",
  error: new OmniError(
    "interrupted",
    "The answer was cut off: whoever was writing it is gone. Go on from here, or ask again.",
  ).toWire(),
}

/** The outcome of a queued run that no worker took. */
export const notTaken: Outcome = {
  status: "failed",
  error: new OmniError("model_unavailable", "Nobody was free to answer within a minute. Try again.").toWire(),
}

/**
 * Ends a run that has no living worker: one whose lease is over, or one that is queued. Anybody may call it, any number
 * of times, at the same time: whoever writes the closing batch first has closed it. Gives false when the run was not as
 * `seen` any more (look again).
 */
export async function closeRun(ports: RunPorts, seen: RunRecord, reason: CloseReason = {}): Promise<boolean> {
  const { table, clock, runSettings, metrics, log } = ports
  const owner = crypto.randomUUID()
  const deadline = reason.everyLeaseIsOver ? undefined : clock.now() - runSettings.leaseMargin
  const attempt = await takeOver(table, seen, owner, deadline)
  if (!attempt.done && attempt.record?.owner !== owner) return false
  const record = attempt.record
  if (record === undefined) return false
  const outcome = record.stop ? ({ status: "stopped" } as const) : (reason.outcome ?? died)
  for (let last = 0; ;) {
    const journal = await readJournal(table, seen.runId)
    if (journal.last === last) throw new Error(`${seen.runId} can be closed by nobody: its end is refused`)
    last = journal.last
    const eventLog = new EventLog(seen.runId)
    eventLog.add(journal.events, journal.ended)
    if (!journal.ended) {
      const reduction = reduceJournal(journal)
      const batch = closingBatch(record, seen, reduction, journal.last, outcome, owner, ports)
      if (reduction.end === undefined) throw new Error("the closing events hold no end")
      const result = await writeEnd(ports, { record, batch, reduction, end: reduction.end })
      if (result === "beaten") {
        if (await isEnded(ports, record)) return true
        continue
      }
      eventLog.add(batch.events, true)
      ports.wake.notify(topics.events(record.runId))
      metrics.count("runs_ended_total", { status: outcome.status })
      log.info("run-closed", { run: record.runId, status: outcome.status })
    }
    await Promise.all([afterEnd(ports, record), tellFollowers(ports, record, eventLog)])
    return true
  }
}

function closingBatch(
  record: RunRecord,
  seen: RunRecord,
  reduction: Reduction,
  last: number,
  outcome: Outcome,
  owner: string,
  ports: RunPorts,
): Batch {
  const asked = seen.status !== "queued" || seen.turn > 0
  const spoken = asked ? spokenCharacters(reduction) : 0
  const lastSign = seen.leaseUntil === undefined ? ports.clock.now() : seen.leaseUntil - ports.runSettings.lease
  const usage: Usage = {
    inputTokens: 0,
    outputTokens: estimateTokens(spoken),
    durationMs: Math.max(0, Math.round(lastSign - record.createdAt)),
    ...(spoken > 0 ? { estimated: true } : {}),
  }
  const closing = closingEvents(reduction, outcome, usage)
  for (const event of closing) apply(reduction, event)
  const events = encodeEvents(closing)
  return { first: last + 1, last: last + events.length, by: owner, events }
}

async function isEnded(ports: RunPorts, record: RunRecord): Promise<boolean> {
  const now = await readRecord(ports.table, record.runId)
  return now === undefined || (now.status !== "running" && now.status !== "queued")
}

/** Like a worker after its end: read the followers, and pump to them for a while. */
async function tellFollowers(ports: RunPorts, record: RunRecord, eventLog: EventLog): Promise<void> {
  const pumps = new Pumps(ports, eventLog, (connectionId, nonce) => {
    unregister(ports.table, record.runId, connectionId, nonce).catch((error: unknown) =>
      ports.log.warn("follower-not-removed", { run: record.runId, error: describe(error) }),
    )
  })
  try {
    const current = await readRecord(ports.table, record.runId)
    pumps.sync(current?.followers ?? {})
    await pumps.drain()
  } catch (error) {
    ports.log.warn("followers-not-told", { run: record.runId, error: describe(error) })
  }
}
