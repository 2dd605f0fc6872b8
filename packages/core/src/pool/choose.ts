import { hasOnDisk, isLoaded, isUp, liveSlots, loadingOf, pendingWant } from "./condition.ts"
import type { PoolNode } from "./node.ts"
import type { PoolSettings } from "./settings.ts"

export type Sight = {
  nodes: readonly PoolNode[]
  /** Epoch milliseconds. */
  now: number
  settings: PoolSettings
  /** Bytes of models that no server has on its disk yet, by name. */
  sizes: ReadonlyMap<string, number>
  /** Whether another server could be started. */
  canStart: boolean
  /** Answers under way that have no lease, by node: those of servers that decide by themselves how many they give. */
  uncounted?: ReadonlyMap<string, number>
  /** How many stand in line for the same model before who asks. */
  ahead?: number
  /** Who asks has waited so long that models which are in use make room too, once their answers are over. */
  insists?: boolean
}

/** What to do for somebody who asks a model; `waitMs` is until the first word could come. */
export type Choice =
  /** It answers at once. */
  | { kind: "answer"; node: PoolNode; waitMs: number }
  /** It has the model, and is busy with others who came before. */
  | { kind: "wait"; node: PoolNode; waitMs: number }
  /** It is to load the model first, taking these out of memory. `joined`: it is at it already. */
  | { kind: "load"; node: PoolNode; evict: string[]; joined: boolean; waitMs: number }
  /** A server has to be started. */
  | { kind: "start"; waitMs: number }
  /** Nobody there could ever answer. `down`: somebody could, and cannot be reached. */
  | { kind: "none"; down: PoolNode[] }

/**
 * Where a question goes. In this order: a server that has the model in memory and room; one that has it, if waiting there
 * is shorter than loading elsewhere; one where it fits into memory; one where models that nobody uses make room, those
 * first that are least likely missed; a new server; and then the shortest wait there is. Among equals the least busy.
 */
export function choose(model: string, sight: Sight, avoid: ReadonlySet<string> = new Set()): Choice {
  const { nodes, now, settings } = sight
  const isProbed = (node: PoolNode) => node.restsUntil !== undefined && (sight.uncounted?.get(node.nodeId) ?? 0) > 0
  const up = nodes.filter((node) => isUp(node, now, settings) && !isProbed(node) && !avoid.has(node.nodeId))
  const having = up.filter((node) => isLoaded(node, model) || loadingOf(node, model) !== undefined).length
  const ahead = Math.floor((sight.ahead ?? 0) / Math.max(1, having))
  const closer = { ...sight, ahead, having, copies: copiesOn(up) }
  const candidates = up.flatMap((node) => candidatesOn(node, model, closer))
  const best = candidates.reduce<Ranked | undefined>((a, b) => (a === undefined || isBetter(b, a) ? b : a), undefined)
  const mayStart = sight.canStart && (settings.pulls || best === undefined)
  if (best === undefined) return mayStart ? { kind: "start", waitMs: startMs(model, sight) } : none(model, sight, avoid)
  if (best.choice.kind === "wait" && mayStart) {
    const started = startMs(model, sight)
    if (started < best.choice.waitMs) return { kind: "start", waitMs: started }
  }
  return best.choice
}

/** The sight of one question: how many servers have its model in memory or on its way there, and each model in memory. */
type Closer = Sight & { having: number; copies: ReadonlyMap<string, number> }
type Placing = Exclude<Choice, { kind: "none" | "start" }>
/** `cost` is the wait and what others pay for it, in milliseconds. */
type Ranked = { choice: Placing; cost: number; load: number }

const isBetter = (a: Ranked, b: Ranked): boolean => a.cost < b.cost || (a.cost === b.cost && a.load < b.load)

function copiesOn(nodes: readonly PoolNode[]): ReadonlyMap<string, number> {
  const copies = new Map<string, number>()
  for (const node of nodes) {
    const leaving = pendingWant(node)?.evict
    for (const { name } of node.report?.loaded ?? []) {
      if (leaving?.includes(name) !== true) copies.set(name, (copies.get(name) ?? 0) + 1)
    }
  }
  return copies
}

function candidatesOn(node: PoolNode, model: string, sight: Closer): Ranked[] {
  const { settings, having } = sight
  const live = liveSlots(node, sight.now)
  const load = live.length + (sight.uncounted?.get(node.nodeId) ?? 0)
  const busy = live.filter(([, slot]) => slot.model === model).length
  const ranked = (choice: Placing, price = 0): Ranked[] => [{ choice, cost: choice.waitMs + price, load }]
  if (isLoaded(node, model)) return ranked(askLoaded(node, busy, sight))
  const under = loadingOf(node, model)
  if (under !== undefined) {
    const waitMs = (under.etaMs ?? loadMs(node, model, sight)) + lineMs(node, busy, sight)
    return ranked({ kind: "load", node, evict: [], joined: true, waitMs })
  }
  if (!hasOnDisk(node, model) && !settings.pulls) return []
  const inUse = new Set(live.map(([, slot]) => slot.model))
  const room = makeRoom(node, model, sight, inUse)
  if (room === undefined) return []
  const pending = pendingWant(node)
  if (pending !== undefined) {
    // One load at a time: this one begins when that one is done.
    const before = loadingOf(node, pending.model)?.etaMs ?? loadMs(node, pending.model, sight)
    return ranked({ kind: "wait", node, waitMs: before + loadMs(node, model, sight) })
  }
  if (room === "busy") return ranked({ kind: "wait", node, waitMs: patienceMs(node, model, sight) })
  const waitMs = (room.some((name) => inUse.has(name)) ? patienceMs : loadMs)(node, model, sight)
  const price = priceOf(node, room, sight) + (having > 0 ? loadMs(node, model, sight) : 0)
  return ranked({ kind: "load", node, evict: room, joined: false, waitMs }, price)
}

/** What must be loaded again soon is a price that somebody else pays: only where nothing better is there. */
function priceOf(node: PoolNode, evict: readonly string[], sight: Closer): number {
  return evict.reduce((sum, model) => sum + missed(node, model, sight) * loadMs(node, model, sight), 0)
}

/** How likely a model is missed soon: the less, the longer nobody has asked it, and less where another server has it. */
function missed(node: PoolNode, model: string, { copies, now, settings }: Closer): number {
  const isElsewhere = (copies.get(model) ?? 0) > 1
  const idleMs = now - (node.used[model] ?? 0)
  return (isElsewhere ? 0.25 : 1) * (settings.missedFor / (settings.missedFor + idleMs))
}

function askLoaded(node: PoolNode, busy: number, sight: Sight): Placing {
  const waitMs = lineMs(node, busy, sight)
  return { kind: waitMs === 0 ? "answer" : "wait", node, waitMs }
}

/** How long it is until a place is free, for those who are answered and who come before take theirs first. */
function lineMs(node: PoolNode, busy: number, { ahead = 0, settings }: Sight): number {
  const parallel = node.report?.parallel
  if (parallel === undefined) return 0
  const answerMs = node.answerMs ?? settings.answerMs
  // A place is free after a share of an answer's time.
  return (Math.max(0, busy + ahead - parallel + 1) / parallel) * answerMs
}

/** The models to take out of memory; "busy" when those in use leave too little; undefined when it can never fit. */
function makeRoom(
  node: PoolNode,
  model: string,
  sight: Closer,
  inUse: ReadonlySet<string>,
): string[] | "busy" | undefined {
  const memory = node.report?.gpuMemory
  const loaded = node.report?.loaded ?? []
  if (memory === undefined) return [] // Ollama itself makes room.
  const need = bytesOf(model, sight) * sight.settings.memoryFactor
  if (need > memory) return undefined
  let free = memory - loaded.reduce((sum, each) => sum + takes(each, sight), 0)
  if (free >= need) return []
  const evict: string[] = []
  const busy = (name: string): number => Number(inUse.has(name))
  const candidates = loaded
    .filter(({ name }) => sight.insists || !inUse.has(name))
    .toSorted((a, b) => busy(a.name) - busy(b.name) || missed(node, a.name, sight) - missed(node, b.name, sight))
  for (const each of candidates) {
    if (free >= need) break
    free += takes(each, sight)
    evict.push(each.name)
  }
  return free >= need ? evict : "busy"
}

const takes = ({ gpuBytes, bytes }: { gpuBytes?: number; bytes?: number }, { settings }: Sight): number =>
  gpuBytes ?? (bytes ?? 0) * settings.memoryFactor

/** How long until a model that is in use has left. */
function patienceMs(node: PoolNode, model: string, sight: Sight): number {
  return (node.answerMs ?? sight.settings.answerMs) + loadMs(node, model, sight)
}

function startMs(model: string, sight: Sight): number {
  const { settings } = sight
  return settings.startMs + settings.load.fixedMs + (bytesOf(model, sight) / settings.load.bytesPerSecond) * 1000
}

function loadMs(node: PoolNode, model: string, sight: Sight): number {
  const { fixedMs, bytesPerSecond, pullBytesPerSecond } = sight.settings.load
  const bytes = bytesOf(model, sight)
  const pull = hasOnDisk(node, model) ? 0 : (bytes / pullBytesPerSecond) * 1000
  return fixedMs + pull + (bytes / bytesPerSecond) * 1000
}

function bytesOf(model: string, { nodes, sizes }: Sight): number {
  for (const node of nodes) {
    const found = node.report?.disk.find(({ name }) => name === model)
    if (found !== undefined) return found.bytes
  }
  return sizes.get(model) ?? 0
}

function none(model: string, { nodes, now, settings }: Sight, avoid: ReadonlySet<string>): Choice {
  const down = nodes.filter(
    (node) =>
      !isUp(node, now, settings) &&
      !avoid.has(node.nodeId) &&
      (settings.pulls || node.report === undefined || !node.report.healthy || hasOnDisk(node, model)),
  )
  return { kind: "none", down }
}
