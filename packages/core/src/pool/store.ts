import { toJson } from "../json.ts"
import { keys } from "../store/keys.ts"
import { ConditionFailed, type Condition, type Item, type Table } from "../store/table.ts"
import type { Asker } from "../model/provider.ts"
import type { NodeReport, PoolNode, Slot } from "./node.ts"
import type { Called, PoolState, Waiting } from "./line.ts"

/** Every change of the pool's items, each with the condition that makes it safe against all the others. */

/** Our own items, as they were written. */
const toNode = (item: Item): PoolNode => item as unknown as PoolNode
const toWaiting = (item: Item): Waiting => item as unknown as Waiting

/** Everything there is of the pool: one partition, read consistently. */
export type PoolItems = { state: PoolState; nodes: PoolNode[]; waiting: Waiting[] }

export async function readPool(table: Table): Promise<PoolItems> {
  const found: PoolItems = { state: { served: 0 }, nodes: [], waiting: [] }
  const { pk } = keys.pool()
  let cursor: string | undefined
  do {
    const page = await table.query({ pk, consistent: true, ...(cursor !== undefined && { cursor }) })
    for (const item of page.items) {
      if (item.sk.startsWith("NODE#")) found.nodes.push(toNode(item))
      else if (item.sk.startsWith("WAIT#")) found.waiting.push(toWaiting(item))
      else found.state = { ...found.state, ...(item as Partial<PoolState>) }
    }
    cursor = page.cursor
  } while (cursor !== undefined)
  return found
}

export async function readNode(table: Table, nodeId: string): Promise<PoolNode | undefined> {
  const item = await table.get(keys.poolNode(nodeId), { consistent: true })
  return item === undefined ? undefined : toNode(item)
}

/** An agent's report: its server is made known by the first. Gives the node, with what is wanted of it. */
export async function reportNode(
  table: Table,
  { nodeId, address }: { nodeId: string; address: string },
  report: NodeReport,
): Promise<PoolNode> {
  const { report: json } = toJson({ report })
  return toNode(
    await table.update(keys.poolNode(nodeId), {
      set: { nodeId, address, report: json ?? null },
      setIfAbsent: { rev: 0, slots: {}, failures: 0, used: {} },
      add: { beat: 1 },
    }),
  )
}

/** The server is gone for good. Who is being answered there loses its lease. */
export async function removeNode(table: Table, nodeId: string): Promise<void> {
  await table.delete(keys.poolNode(nodeId))
}

type Changeable = Pick<PoolNode, "slots" | "want" | "draining" | "failures" | "restsUntil" | "used" | "seen" | "since">

/** A change of a node as it was seen; undefined when it was not so any more. */
export function changeNode(
  table: Table,
  seen: PoolNode,
  change: Partial<Changeable>,
  remove: ("want" | "draining" | "restsUntil")[] = [],
): Promise<PoolNode | undefined> {
  const whole = { set: toJson(change), add: { rev: 1 }, ...(remove.length > 0 && { remove }) }
  return conditional(table, seen.nodeId, whole, [{ equals: ["rev", seen.rev] }])
}

/** Prolongs a lease. Gives the node; undefined when the lease is not there any more. */
export function renewSlot(table: Table, nodeId: string, runId: string, slot: Slot): Promise<PoolNode | undefined> {
  const path = `slots.${runId}`
  return conditional(table, nodeId, { set: { [path]: toJson(slot) } }, [{ exists: path }])
}

/** Ends a lease, if it is there; `learned` is what the answer has told of the node. */
export async function endSlot(
  table: Table,
  nodeId: string,
  runId: string,
  learned: Partial<Pick<PoolNode, "answerMs" | "failures" | "restsUntil">> = {},
): Promise<void> {
  const path = `slots.${runId}`
  const set = toJson(learned)
  const isWell = learned.failures === 0
  await conditional(table, nodeId, { set, add: { rev: 1 }, remove: [path, ...(isWell ? ["restsUntil"] : [])] }, [
    { exists: path },
  ])
}

/** Somebody goes to stand in line, or stands there again for another turn, on the place it had. */
export async function standInLine(table: Table, asker: Asker, entry: Omit<Waiting, keyof Asker>): Promise<void> {
  const { model, expiresAt } = entry
  await table.update(keys.poolWaiting(asker.runId), {
    set: { ...toJson(asker), model, expiresAt },
    setIfAbsent: { rank: entry.rank, since: entry.since },
    remove: ["called", ...(asker.waitAtMost === undefined ? ["waitAtMost"] : [])],
  })
}

/** The run was called to take its place; false when it does not stand there for this turn any more. */
export async function markCalled(table: Table, { runId, turn }: Waiting, called: Called): Promise<boolean> {
  const conditions: Condition[] = [{ equals: ["turn", turn] }]
  return (
    (await ifTrue(table.update(keys.poolWaiting(runId), { set: { called: toJson(called) } }, { if: conditions }))) !==
    undefined
  )
}

/** With `turn`: unless it stands there for a later one. */
export async function leaveLine(table: Table, runId: string, turn?: number): Promise<void> {
  const conditions: Condition[] = turn === undefined ? [] : [{ equals: ["turn", turn] }]
  await ifTrue(table.delete(keys.poolWaiting(runId), { if: conditions }))
}

/**
 * One at a time drives the pool: true when that is the caller until `until`.
 */
export async function takeWheel(table: Table, owner: string, now: number, until: number): Promise<boolean> {
  const free: Condition = {
    any: [{ absent: "driver" }, { equals: ["driver.owner", owner] }, { below: ["driver.until", now] }],
  }
  return (await ifTrue(table.update(keys.pool(), { set: { driver: { owner, until } } }, { if: [free] }))) !== undefined
}

/** Lets go of the wheel, if it was ours. */
export async function leaveWheel(table: Table, owner: string): Promise<void> {
  await ifTrue(table.update(keys.pool(), { remove: ["driver"] }, { if: [{ equals: ["driver.owner", owner] }] }))
}

/** How far the line has come: ranks are given from there on. Only who drives writes it. */
export async function setState(table: Table, change: Partial<Omit<PoolState, "driver">>): Promise<void> {
  await table.update(keys.pool(), { set: toJson(change) })
}

/** Claims the right to start servers until `until`: false while somebody else is at it. */
export async function claimStart(table: Table, start: NonNullable<PoolState["start"]>, now: number): Promise<boolean> {
  const free: Condition = { any: [{ absent: "start" }, { below: ["start.until", now] }] }
  const change = { set: { start: toJson(start) }, remove: ["failed"] }
  return (await ifTrue(table.update(keys.pool(), change, { if: [free] }))) !== undefined
}

/** The start is over: servers came, or this is why not. */
export async function endStart(table: Table, failed?: PoolState["failed"]): Promise<void> {
  const change = { ...(failed !== undefined && { set: { failed: toJson(failed) } }), remove: ["start"] }
  await ifTrue(table.update(keys.pool(), change, { if: [{ exists: "start" }] }))
}

async function conditional(
  table: Table,
  nodeId: string,
  change: Parameters<Table["update"]>[1],
  conditions: Condition[],
): Promise<PoolNode | undefined> {
  const item = await ifTrue(table.update(keys.poolNode(nodeId), change, { if: conditions }))
  return item && toNode(item)
}

/** What a write gives; undefined when its condition did not hold. */
async function ifTrue<T>(write: Promise<T>): Promise<T | undefined> {
  try {
    return await write
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error
    return undefined
  }
}
