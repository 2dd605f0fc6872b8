import type { PoolServer, PoolServerState, PoolView, PoolWaiting } from "../protocol/pool.ts"
import { choose } from "./choose.ts"
import { isHeard, isResting, liveSlots, loadingOf } from "./condition.ts"
import { inOrder } from "./line.ts"
import type { PoolNode } from "./node.ts"
import { sightOf } from "./pool.ts"
import type { PoolPorts } from "./ports.ts"
import { readPool } from "./store.ts"
import type { PoolItems } from "./store.ts"

/** The pool as its operator sees it. */
export async function viewPool(ports: PoolPorts): Promise<PoolView> {
  await ports.freshen?.()
  const items = await readPool(ports.table)
  const { nodes, state } = items
  const now = ports.clock.now()
  const prices = nodes.flatMap(({ report }) => report?.dollarsPerHour ?? [])
  return {
    at: new Date(now).toISOString(),
    servers: nodes.map((node) => serverOf(ports, node, now)),
    waiting: waitingOf(ports, items),
    ...(ports.most !== undefined && {
      scale: {
        running: nodes.length,
        most: ports.most,
        ...(state.start !== undefined && {
          starting: {
            since: new Date(state.start.at).toISOString(),
            etaMs: Math.max(0, state.start.at + ports.settings.startMs - now),
          },
        }),
        ...(state.failed !== undefined && {
          failed: { at: new Date(state.failed.at).toISOString(), message: state.failed.message },
        }),
      },
    }),
    ...(prices.length > 0 && { dollarsPerHour: prices.reduce((sum, price) => sum + price, 0) }),
  }
}

function serverOf({ settings }: PoolPorts, node: PoolNode, now: number): PoolServer {
  const { report, draining, nodeId, address } = node
  const { state, note } = stateOf(node, now, settings)
  const parallel = report?.parallel
  const loaded = report?.loaded ?? []
  const most = parallel === undefined ? undefined : parallel * Math.max(1, loaded.length)
  const { gpu, gpuMemory, loading, dollarsPerHour } = report ?? {}
  return {
    id: nodeId,
    address,
    state: draining === undefined ? state : "draining",
    ...(note !== undefined && { note }),
    models: loaded,
    ...(loading !== undefined && {
      loading: { model: loading.model, ...(loading.progress !== undefined && { progress: loading.progress }) },
    }),
    answers: { now: liveSlots(node, now).length, ...(most !== undefined && { most }) },
    ...((gpu !== undefined || gpuMemory !== undefined) && {
      gpu: { ...gpu, ...(gpuMemory !== undefined && { memoryBytes: gpuMemory }) },
    }),
    ...(dollarsPerHour !== undefined && { dollarsPerHour }),
  }
}

const drainNotes = {
  spot: "AWS takes this machine back; its answers end, new ones go elsewhere.",
  idle: "Nobody needed it for a while; it is being given back.",
  operator: "It was taken out of use.",
}

function stateOf(
  node: PoolNode,
  now: number,
  settings: PoolPorts["settings"],
): { state: PoolServerState; note?: string } {
  const { report, draining, restsUntil } = node
  if (draining !== undefined) return { state: "draining", note: drainNotes[draining.reason] }
  if (!isHeard(node, now, settings)) return { state: "lost", note: "Nothing is heard of its agent." }
  if (report === undefined) return { state: "starting" }
  if (!report.healthy) return { state: "lost", note: report.error ?? "Its Ollama does not answer." }
  if (restsUntil !== undefined && isResting(node, now)) {
    return { state: "resting", note: `It failed ${node.failures} times in a row and is tried again in a moment.` }
  }
  return { state: "up", ...(report.failed !== undefined && { note: report.failed.message }) }
}

function waitingOf(ports: PoolPorts, items: PoolItems): PoolWaiting[] {
  const sight = sightOf(ports, items)
  const line = inOrder(items.waiting).filter(({ called }) => called === undefined)
  return line.map(({ model, since }, at) => {
    const choice = choose(model, sight)
    const loading = choice.kind === "load" ? loadingOf(choice.node, model) : undefined
    const reason = choice.kind === "start" ? "starting" : loading === undefined ? "position" : "loading"
    const etaMs = "waitMs" in choice ? Math.round(choice.waitMs) : undefined
    return {
      position: at + 1,
      model,
      since: new Date(since).toISOString(),
      reason,
      ...(etaMs !== undefined && { etaMs }),
    }
  })
}
