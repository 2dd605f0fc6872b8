import type { QueueEvent } from "../protocol/event.ts"
import { encodeEvent } from "./encode.ts"
import { EventLog } from "./event-log.ts"
import { type Batch, appendWhile, readJournal } from "./journal.ts"
import type { RunPorts } from "./ports.ts"
import { Pumps } from "./pumps.ts"
import type { RunRecord } from "./record.ts"
import { readRecord, stillQueued } from "./store.ts"
import { topics } from "./wake.ts"

/**
 * Tells the followers of a run that waits for the pool where it stands, and posts for it while it has no worker. The
 * event is dropped, and false given, when the run was taken, stopped or ended meanwhile. A run that nobody has taken yet
 * waits for a worker, not for the pool: nothing is said of it, because its first worker may be reading its journal.
 */
export async function tick(ports: RunPorts, seen: RunRecord, event: QueueEvent): Promise<boolean> {
  const { table, clock, runSettings } = ports
  if (seen.turn === 0) return false
  const journal = await readJournal(table, seen.runId)
  const batch: Batch = {
    first: journal.last + 1,
    last: journal.last + 1,
    by: crypto.randomUUID(),
    events: [encodeEvent(event)],
  }
  const expiresAt = Math.ceil((clock.now() + 2 * runSettings.keepJournal) / 1000)
  if (!(await appendWhile(table, seen.runId, batch, expiresAt, stillQueued(seen)))) return false
  ports.wake.notify(topics.events(seen.runId))
  const eventLog = new EventLog(seen.runId)
  eventLog.add([...journal.events, ...batch.events], true)
  const pumps = new Pumps(ports, eventLog, () => {})
  pumps.sync((await readRecord(table, seen.runId))?.followers ?? {})
  await pumps.drain()
  return true
}
