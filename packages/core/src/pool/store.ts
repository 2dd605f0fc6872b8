import { toJson } from "../json.ts"
import { keys } from "../store/keys.ts"
import { ConditionFailed, type Condition, type Item, type Table } from "../store/table.ts"
import type { NodeReport, PoolNode, Slot } from "./node.ts"

/** Every change of the pool's items, each with the condition that makes it safe against all the others. */

const nodePrefix = "NODE#"

/** Our own item, as it was written. */
const toNode = (item: Item): PoolNode => item as unknown as PoolNode

export async function readNodes(table: Table): Promise<PoolNode[]> {
  const nodes: PoolNode[] = []
  let cursor: string | undefined
  do {
    const { pk } = keys.pool()
    const page = await table.query({ pk, prefix: nodePrefix, consistent: true, ...(cursor && { cursor }) })
    nodes.push(...page.items.map(toNode))
    cursor = page.cursor
  } while (cursor !== undefined)
  return nodes
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

type Changeable = Pick<PoolNode, "slots" | "want" | "draining" | "failures" | "restsUntil" | "used" | "seen">

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

/** Ends a lease, if it is there. */
export async function endSlot(table: Table, nodeId: string, runId: string): Promise<void> {
  const path = `slots.${runId}`
  await conditional(table, nodeId, { remove: [path], add: { rev: 1 } }, [{ exists: path }])
}

async function conditional(
  table: Table,
  nodeId: string,
  change: Parameters<Table["update"]>[1],
  conditions: Condition[],
): Promise<PoolNode | undefined> {
  try {
    return toNode(await table.update(keys.poolNode(nodeId), change, { if: conditions }))
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error
    return undefined
  }
}
