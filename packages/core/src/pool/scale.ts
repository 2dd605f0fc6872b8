import { describe } from "../log.ts"
import type { CalledLine } from "./call.ts"
import { countUp, liveSlots } from "./condition.ts"
import type { DrivePorts } from "./ports.ts"
import type { PoolNode } from "./node.ts"
import type { PoolScaler, ServerGroup } from "./scaler.ts"
import { changeNode, claimStart, endStart, removeNode, setState } from "./store.ts"
import type { PoolItems } from "./store.ts"

/** Starts and gives back servers; whether it has to look again soon. */
export type Scale = (items: PoolItems, line: CalledLine) => Promise<boolean>

/** How often the group is asked, in milliseconds: its API allows few calls. */
const describeEvery = 5000

/** Patience with a start, as a multiple of the time one usually takes. */
const startPatience = 3

export function createScale(ports: DrivePorts): Scale {
  const { scaler } = ports
  return scaler === undefined ? () => Promise.resolve(false) : scaling(ports, scaler)
}

function scaling(ports: DrivePorts, scaler: PoolScaler): Scale {
  const { clock, settings, table, log, most = 0 } = ports
  let known: { at: number; group: ServerGroup } | undefined

  async function describeGroup(): Promise<ServerGroup> {
    if (known === undefined || clock.now() - known.at >= describeEvery) {
      known = { group: await scaler.describe(), at: clock.now() }
    }
    return known.group
  }

  /** Once for all who ask at the same time: the claim is theirs who write it first. */
  async function start(desired: number): Promise<void> {
    const now = clock.now()
    if (!(await claimStart(table, { at: now, until: now + startPatience * settings.startMs, desired }, now))) return
    try {
      log.info("servers-started", { desired })
      await scaler.start(desired)
      known = undefined
    } catch (error) {
      log.error("servers-not-started", { desired, error: describe(error) })
      await endStart(table, { at: clock.now(), message: noServer("it could not be asked for") })
    }
  }

  /** Whether servers have come since the start, or why not. */
  async function watchStart({ state, nodes }: PoolItems, group: ServerGroup): Promise<void> {
    const { start } = state
    if (start === undefined) return
    if (countUp(nodes, clock.now(), settings) >= start.desired) return endStart(table)
    if (group.failed !== undefined && group.failed.at >= start.at) {
      log.error("servers-not-started", { desired: start.desired, error: group.failed.message })
      await giveUp(group.failed.message)
    } else if (clock.now() >= start.until) {
      const minutes = Math.round((clock.now() - start.at) / 60_000)
      log.error("servers-not-started", { desired: start.desired, minutes })
      await giveUp(`it did not come up within ${minutes} minutes`)
    }
  }

  async function giveUp(why: string): Promise<void> {
    await scaler.stopStarting()
    known = undefined
    await endStart(table, { at: clock.now(), message: noServer(why) })
  }

  /** Machines that run and never report cost money, and are in the way of others that would. */
  async function endSilent({ state, nodes }: PoolItems, { running }: ServerGroup): Promise<void> {
    const now = clock.now()
    const before = state.silent ?? {}
    const silent: Record<string, number> = {}
    for (const { nodeId, state: life } of running) {
      if (life !== "running" || nodes.some((node) => node.nodeId === nodeId)) continue
      const since = before[nodeId] ?? now
      if (now - since < startPatience * settings.startMs) silent[nodeId] = since
      else {
        log.warn("silent-server-given-back", { node: nodeId })
        await scaler.terminate(nodeId)
        known = undefined
      }
    }
    if (Object.keys({ ...before, ...silent }).length > 0) await setState(table, { silent })
  }

  /** Who has had no work for long takes none any more, and is given back when it is empty. */
  async function release(node: PoolNode, isNeeded: boolean): Promise<void> {
    const now = clock.now()
    const isEmpty = liveSlots(node, now).length === 0
    if (node.draining === undefined) {
      const lastUsed = Math.max(node.since ?? now, ...Object.values(node.used))
      if (isNeeded || !isEmpty || now - lastUsed < settings.idleFor) return
      log.info("node-draining", { node: node.nodeId, reason: "idle" })
      await changeNode(table, node, { draining: { reason: "idle", at: now } })
    } else if (isEmpty && node.draining.reason !== "spot") {
      // One look after it was taken out of the choice: who chose it just before has its place by now.
      log.info("node-given-back", { node: node.nodeId })
      await scaler.terminate(node.nodeId)
      await removeNode(table, node.nodeId)
      known = undefined
    }
  }

  return async (items, { waiting, needServer, longestMs }) => {
    const { nodes, state } = items
    const now = clock.now()
    const group = await describeGroup()
    await watchStart(items, group)
    await endSilent(items, group)
    const there = countUp(nodes, now, settings)
    const busy = nodes.reduce((sum, node) => sum + liveSlots(node, now).length, 0)
    const parallel = nodes.find(({ report }) => report?.parallel !== undefined)?.report?.parallel ?? settings.parallel
    const isPressed = waiting + busy > parallel * there && longestMs >= settings.pressedFor
    if (state.start === undefined && there < most && (needServer > 0 || isPressed)) {
      const wanted = Math.ceil((waiting + busy) / parallel)
      const more = Math.max(group.desired + 1, Math.min(wanted, group.desired + needServer))
      await start(Math.min(most, more))
    }
    for (const node of nodes) await release(node, waiting > 0)
    return state.start !== undefined || nodes.some(({ draining }) => draining !== undefined)
  }
}

const noServer = (why: string): string =>
  `No GPU server could be started: ${why}. Try again in a few minutes, or choose another model.`
