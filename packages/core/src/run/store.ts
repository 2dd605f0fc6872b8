import { toJson } from "../json.ts"
import type { EndedStatus } from "../protocol/event.ts"
import type { RunId } from "../protocol/id.ts"
import { activeShards, keys } from "../store/keys.ts"
import { ConditionFailed, type Condition, type Item, type Operation, type Table } from "../store/table.ts"
import { type Follower, type RunRecord, type RunRequest, toRecord } from "./record.ts"

/** Every change of a run's STATE, each with the condition that makes it safe against all the others. */

const unfinished: Condition = { oneOf: ["status", ["queued", "running"]] }
const held = (owner: string): Condition[] => [{ equals: ["status", "running"] }, { equals: ["owner", owner] }]

/** What a conditional change met: the record after it, or the record that refused it (undefined: there is none). */
export type Attempt = { done: true; record: RunRecord } | { done: false; record: RunRecord | undefined }

async function attempt(change: Promise<Item>): Promise<Attempt> {
  try {
    return { done: true, record: toRecord(await change) }
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error
    return { done: false, record: error.item === undefined ? undefined : toRecord(error.item) }
  }
}

export async function readRecord(table: Table, runId: RunId): Promise<RunRecord | undefined> {
  const item = await table.get(keys.run(runId), { consistent: true })
  return item === undefined ? undefined : toRecord(item)
}

export async function readRecords(table: Table, runIds: RunId[]): Promise<RunRecord[]> {
  if (runIds.length === 0) return []
  return (await table.batchGet(runIds.map(keys.run), { consistent: true })).map(toRecord)
}

export async function readRequest(table: Table, runId: RunId): Promise<RunRequest | undefined> {
  const item = await table.get(keys.runRequest(runId), { consistent: true })
  return item === undefined ? undefined : (JSON.parse(item.request as string) as RunRequest)
}

/** The rows of a new run but for its first event. `expiresAt` is epoch seconds. */
export function createOperations(record: RunRecord, request: RunRequest, expiresAt: number): Operation[] {
  const { runId } = record
  return [
    { put: { ...keys.run(runId), ...toJson(record) }, if: [{ absent: "pk" }] },
    { put: { ...keys.runRequest(runId), request: JSON.stringify(request), expiresAt } },
    { put: { ...keys.active(runId), runId } },
  ]
}

/** Everything a start writes, at once. Throws ConditionFailed when a part of it is there already. */
export function begin(table: Table, operations: Operation[]): Promise<void> {
  return table.transact(operations)
}

/** The queued run becomes ours, if nobody else took this turn. */
export function take(table: Table, runId: RunId, turn: number, owner: string, leaseUntil: number): Promise<Attempt> {
  return attempt(
    table.update(
      keys.run(runId),
      { set: { status: "running", turn: turn + 1, owner, leaseUntil }, remove: ["waitsFor"] },
      { if: [{ equals: ["status", "queued"] }, { equals: ["turn", turn] }] },
    ),
  )
}

/** The run that its start took for this worker, unless somebody has taken it over since. */
export async function readTaken(table: Table, runId: RunId, owner: string): Promise<Attempt> {
  const record = await readRecord(table, runId)
  const isOurs = record?.status === "running" && record.owner === owner
  return isOurs ? { done: true, record } : { done: false, record }
}

export function renew(table: Table, runId: RunId, owner: string, leaseUntil: number): Promise<Attempt> {
  return attempt(table.update(keys.run(runId), { set: { leaseUntil } }, { if: held(owner) }))
}

/** Gives the run back at a step boundary, unless somebody asked to stop it. */
export function handOver(table: Table, runId: RunId, owner: string, now: number, waitsFor?: "pool"): Promise<Attempt> {
  return attempt(
    table.update(
      keys.run(runId),
      {
        set: { status: "queued", queuedAt: now, ...(waitsFor === undefined ? {} : { waitsFor }) },
        remove: ["owner", "leaseUntil"],
      },
      { if: [...held(owner), { absent: "stop" }] },
    ),
  )
}

export function flagStop(table: Table, runId: RunId): Promise<Attempt> {
  return attempt(table.update(keys.run(runId), { set: { stop: true } }, { if: [unfinished] }))
}

export function register(table: Table, runId: RunId, connectionId: string, follower: Follower): Promise<Attempt> {
  return attempt(
    table.update(keys.run(runId), { set: { [`followers.${connectionId}`]: follower } }, { if: [unfinished] }),
  )
}

/** Removes a follower; with `nonce`, only the follow that is meant. */
export function unregister(table: Table, runId: RunId, connectionId: string, nonce?: string): Promise<Attempt> {
  const path = `followers.${connectionId}`
  return attempt(
    table.update(
      keys.run(runId),
      { remove: [path] },
      { if: [{ exists: "pk" }, nonce === undefined ? { exists: path } : { equals: [`${path}.nonce`, nonce] }] },
    ),
  )
}

/**
 * Takes a run from a worker that is believed dead, or a queued one that is to be closed. `deadline` is the time its
 * lease must have ended before; undefined where every lease is known to be over. The lease is left in the past, so that
 * anybody can repeat a close that died.
 */
export function takeOver(table: Table, seen: RunRecord, owner: string, deadline: number | undefined): Promise<Attempt> {
  const conditions: Condition[] =
    seen.status === "queued"
      ? [{ equals: ["status", "queued"] }, { equals: ["turn", seen.turn] }]
      : [
          ...held(seen.owner ?? ""),
          ...(deadline === undefined ? [] : [{ below: ["leaseUntil", deadline] } satisfies Condition]),
        ]
  const leaseUntil = seen.status === "queued" ? 0 : (seen.leaseUntil ?? 0)
  return attempt(
    table.update(
      keys.run(seen.runId),
      { set: { status: "running", turn: seen.turn + 1, owner, leaseUntil: deadline === undefined ? 0 : leaseUntil } },
      { if: conditions },
    ),
  )
}

/**
 * STATE ended (an update, so that followers stay) and the run no longer listed as active. `owner` where a worker ends
 * its own run; a closer writes on the one condition that the run is unfinished.
 */
export function endOperations(
  runId: RunId,
  status: EndedStatus,
  now: number,
  expiresAt: number,
  owner?: string,
): Operation[] {
  return [
    {
      update: keys.run(runId),
      change: { set: { status, endedAt: now, expiresAt }, remove: ["leaseUntil"] },
      if: owner === undefined ? [unfinished] : held(owner),
    },
    { delete: keys.active(runId) },
  ]
}

/** A check that the run still waits as it was seen. */
export function stillQueued(seen: RunRecord): Operation {
  return {
    check: keys.run(seen.runId),
    if: [{ equals: ["status", "queued"] }, { equals: ["turn", seen.turn] }],
  }
}

/**
 * Every unfinished run. Who is listed is read consistently or, for half the price, as it may have been a moment ago; the
 * runs themselves are read consistently always.
 */
export async function listActive(table: Table, { consistent }: { consistent: boolean }): Promise<RunRecord[]> {
  const records: RunRecord[] = []
  for (const pk of activeShards) {
    let cursor: string | undefined
    do {
      const page = await table.query({ pk, consistent, ...(cursor === undefined ? {} : { cursor }) })
      records.push(
        ...(await readRecords(
          table,
          page.items.map((item) => item.runId as RunId),
        )),
      )
      cursor = page.cursor
    } while (cursor !== undefined)
  }
  return records
}
