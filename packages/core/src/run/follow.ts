import type { Actor } from "../access/actor.ts"
import { OmniError } from "../protocol/error.ts"
import type { FollowAck } from "../protocol/frame.ts"
import type { RunId } from "../protocol/id.ts"
import { findRun, isLeaseOver } from "./access.ts"
import { closeRun } from "./close.ts"
import { EventLog } from "./event-log.ts"
import { readJournal, readLast } from "./journal.ts"
import type { RunPorts } from "./ports.ts"
import { Pumps } from "./pumps.ts"
import { type Follower, type RunRecord, isUnfinished, reportedStatus } from "./record.ts"
import { readRecord, register, unregister } from "./store.ts"
import { topics } from "./wake.ts"

/**
 * The connection gets every event of the run after `after`, then what follows. `ack` is called once, before any replay;
 * a run that has ended is replayed here, one that goes on is left to its worker, who finds the new follower.
 *
 * @throws OmniError `not_found`, or `invalid` when `after` lies beyond the last event
 */
export async function followRun(
  ports: RunPorts,
  actor: Actor,
  asked: { runId: RunId; after: number },
  connectionId: string,
  ack: (fields: FollowAck) => Promise<void>,
): Promise<void> {
  const { table, wake } = ports
  const record = await findRun(ports, actor, "run.follow", asked.runId)
  const last = await readLast(table, asked.runId)
  if (asked.after > last) {
    throw new OmniError(
      "invalid",
      `after is ${asked.after}, but the last event of ${asked.runId} has the number ${last}.`,
    )
  }
  const { runId, chatId, messageId } = record
  const fields: FollowAck = { runId, chatId, messageId, status: reportedStatus(record), last }
  const follower = newFollower(actor, asked.after)
  if (isUnfinished(record) && !isSilent(ports, record)) {
    await ack(fields)
    const attempt = await register(table, asked.runId, connectionId, follower)
    wake.notify(topics.state(asked.runId))
    if (attempt.done) return
  } else {
    await ack(fields)
    if (isUnfinished(record) && !(await outliveOrClose(ports, record))) {
      const attempt = await register(table, asked.runId, connectionId, follower)
      wake.notify(topics.state(asked.runId))
      if (attempt.done) return
    }
  }
  await replay(ports, asked.runId, connectionId, follower)
}

/** Ends the following. On one machine no frame of the run is sent to the connection once this has resolved. */
export async function unfollowRun(
  ports: RunPorts,
  actor: Actor,
  asked: { runId: RunId },
  connectionId: string,
): Promise<{ runId: RunId }> {
  await findRun(ports, actor, "run.follow", asked.runId)
  await unregister(ports.table, asked.runId, connectionId)
  ports.wake.notify(topics.unfollowed(asked.runId, connectionId))
  return { runId: asked.runId }
}

export function newFollower(actor: Actor, after: number): Follower {
  return {
    after,
    nonce: crypto.randomUUID(),
    ...(actor.expiresAt === undefined ? {} : { expiresAt: actor.expiresAt }),
  }
}

/** The worker has not renewed its lease for longer than it should. */
export function isSilent(ports: RunPorts, record: RunRecord): boolean {
  const { lease, leaseStale } = ports.runSettings
  return record.status === "running" && (record.leaseUntil ?? 0) - lease + leaseStale < ports.clock.now()
}

/** Waits until a silent worker has renewed its lease or must be dead, and closes then; true when the run has ended. */
export async function outliveOrClose(ports: RunPorts, seen: RunRecord, signal?: AbortSignal): Promise<boolean> {
  const { clock, runSettings, table } = ports
  const until = (seen.leaseUntil ?? 0) + runSettings.leaseMargin
  while (clock.now() <= until && !signal?.aborted) {
    await clock.sleep(Math.max(1, Math.min(1000, until + 1 - clock.now())), signal)
    const now = await readRecord(table, seen.runId)
    if (now === undefined || !isUnfinished(now)) return true
    if (now.owner !== seen.owner || now.leaseUntil !== seen.leaseUntil) return false
  }
  if (!signal?.aborted && isLeaseOver(seen, ports)) await closeRun(ports, seen)
  const after = await readRecord(table, seen.runId)
  return after === undefined || !isUnfinished(after)
}

async function replay(ports: RunPorts, runId: RunId, connectionId: string, follower: Follower): Promise<void> {
  const journal = await readJournal(ports.table, runId)
  const log = new EventLog(runId)
  log.add(journal.events, true)
  const pumps = new Pumps(ports, log, () => {})
  pumps.sync({ [connectionId]: follower })
  await pumps.finished()
}
