import type { Actor } from "../access/actor.ts"
import { OmniError } from "../protocol/error.ts"
import type { RunId } from "../protocol/id.ts"
import { findRun, isLeaseOver } from "./access.ts"
import { closeRun } from "./close.ts"
import { readJournal, readLast } from "./journal.ts"
import type { RunPorts } from "./ports.ts"
import { isUnfinished } from "./record.ts"
import { readRecord } from "./store.ts"
import { topics } from "./wake.ts"

/** One event with its number, or word that the run is alive while there is none. */
export type RunReading = { number: number; json: string } | "alive"

/**
 * Every event of the run after `after`, once and in order, to the terminal one; "alive" after each silence of a few
 * seconds. Ends early when `signal` is aborted. This is the journal read by itself, without a place among the followers.
 *
 * @throws OmniError `not_found`, or `invalid` when `after` lies beyond the last event, before anything is read
 */
export async function openRun(
  ports: RunPorts,
  actor: Actor,
  runId: RunId,
  after: number,
  signal: AbortSignal,
): Promise<AsyncIterable<RunReading>> {
  await findRun(ports, actor, "run.follow", runId)
  const last = await readLast(ports.table, runId)
  if (after > last) {
    throw new OmniError("invalid", `after is ${after}, but the last event of ${runId} has the number ${last}.`)
  }
  return readRun(ports, runId, after, signal)
}

async function* readRun(
  ports: RunPorts,
  runId: RunId,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<RunReading, void> {
  const { clock, runSettings } = ports
  let held = after
  let spoke = clock.now()
  let over = false
  while (!signal.aborted) {
    const hint = listenOnce(ports, runId)
    try {
      const journal = await readJournal(ports.table, runId, held)
      for (const event of journal.events) yield { number: ++held, json: event.json }
      if (journal.ended) return
      if (journal.events.length > 0) {
        spoke = clock.now()
        continue
      }
      if (over) return
      // The run may have ended after the journal was read, so the journal has the last word once more.
      const dead = await timeToDeath(ports, runId)
      over = dead === "over"
      if (dead === "over") continue
      const silent = runSettings.signOfLife - (clock.now() - spoke)
      await hint.wait(Math.min(runSettings.journalPoll, Math.max(0, silent), dead), signal)
    } finally {
      hint.stop()
    }
    if (clock.now() - spoke >= runSettings.signOfLife) {
      spoke = clock.now()
      yield "alive"
    }
  }
}

/** A hint also counts when it came between the call and the wait. */
function listenOnce(ports: RunPorts, runId: RunId) {
  const came = new AbortController()
  const stop = ports.wake.listen(topics.events(runId), () => came.abort())
  return {
    stop,
    wait: (ms: number, signal: AbortSignal) => ports.clock.sleep(ms, AbortSignal.any([came.signal, signal])),
  }
}

/**
 * "over" when the run is gone or has ended; else milliseconds until its worker must be dead if it does not renew its
 * lease. A run whose worker is dead is closed on the way.
 */
async function timeToDeath(ports: RunPorts, runId: RunId): Promise<number | "over"> {
  const record = await readRecord(ports.table, runId)
  if (record === undefined || !isUnfinished(record)) return "over"
  if (isLeaseOver(record, ports)) await closeRun(ports, record)
  if (record.status === "queued") return Number.POSITIVE_INFINITY
  return Math.max(0, (record.leaseUntil ?? 0) + ports.runSettings.leaseMargin + 1 - ports.clock.now())
}
