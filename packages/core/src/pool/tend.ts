import { isHeard, liveSlots } from "./condition.ts"
import type { PoolNode } from "./node.ts"
import type { DrivePorts } from "./ports.ts"
import { changeNode, removeNode } from "./store.ts"
import type { PoolItems } from "./store.ts"

/** A server that is silent for so many times the time it may be is taken out of the list. */
const forgottenAfter = 10

/**
 * Keeps the nodes' items true: that they were heard of, leases that are over, a notice that the machine is taken away.
 * Gives the items as they are then.
 */
export async function tend(ports: DrivePorts, items: PoolItems): Promise<PoolItems> {
  const nodes = await Promise.all(items.nodes.map((node) => tendNode(ports, node)))
  return { ...items, nodes: nodes.filter((node) => node !== undefined) }
}

async function tendNode(ports: DrivePorts, node: PoolNode): Promise<PoolNode | undefined> {
  const { table, clock, settings, log, scaler } = ports
  const now = clock.now()
  const { seen, beat } = node
  const live = liveSlots(node, now)
  const isLost = seen !== undefined && seen.beat === beat && now - seen.at > forgottenAfter * settings.heardFor
  if (isLost && live.length === 0 && !settings.askAnyway) {
    log.warn("node-forgotten", { node: node.nodeId, address: node.address })
    // Its machine may run on, and cost money for nothing.
    await scaler?.terminate(node.nodeId)
    await removeNode(table, node.nodeId)
    return undefined
  }
  const isNews = seen === undefined || (seen.beat !== beat && now - seen.at > settings.heardFor / 3)
  const hasEnded = live.length < Object.keys(node.slots).length
  const isNoticed = node.report?.spotNotice === true && node.draining === undefined
  if (!isNews && !hasEnded && !isNoticed) return node
  if (isNoticed) log.warn("node-draining", { node: node.nodeId, reason: "spot" })
  const change = {
    ...(isNews && { seen: { beat, at: now } }),
    ...(node.since === undefined && { since: now }),
    ...(hasEnded && { slots: Object.fromEntries(live) }),
    ...(isNoticed && { draining: { reason: "spot" as const, at: now } }),
  }
  const changed = await changeNode(table, node, change)
  if (changed !== undefined && seen !== undefined && !isHeard(node, now, settings)) {
    log.info("node-heard-again", { node: node.nodeId })
  }
  // Somebody was faster: the next look sees what it has become.
  return changed ?? node
}
