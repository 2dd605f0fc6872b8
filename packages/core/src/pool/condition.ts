import type { Loading, PoolNode, Slot, Want } from "./node.ts"
import type { PoolSettings } from "./settings.ts"

/** What a node's item says at a moment. All pure, and all on the clock of those who look. */

/** Whether its agent has said something lately: since the last look, or not long before it. */
export function isHeard(node: PoolNode, now: number, settings: PoolSettings): boolean {
  const { seen, beat } = node
  return seen === undefined || seen.beat !== beat || now - seen.at < settings.heardFor
}

/** Whether it may be given work, as far as it is known. */
export function isUp(node: PoolNode, now: number, settings: PoolSettings): boolean {
  return (
    node.report?.healthy === true &&
    node.draining === undefined &&
    isHeard(node, now, settings) &&
    !isResting(node, now)
  )
}

/** How many servers may be given work. */
export const countUp = (nodes: readonly PoolNode[], now: number, settings: PoolSettings): number =>
  nodes.filter((node) => isUp(node, now, settings)).length

/**
 * A server that failed several times in a row is left alone for a while; then one call finds out how it is, and until
 * that has ended there is no second one.
 */
export function isResting(node: PoolNode, now: number): boolean {
  if (node.restsUntil === undefined) return false
  return now < node.restsUntil || liveSlots(node, now).length > 0
}

/** The leases that count, by run. */
export function liveSlots(node: PoolNode, now: number): [runId: string, slot: Slot][] {
  return Object.entries(node.slots).filter(([, slot]) => slot.until > now)
}

/** Whether the model may be asked at once: it is in memory and is to stay there, or nobody can say what is. */
export function isLoaded(node: PoolNode, model: string): boolean {
  const loaded = node.report?.loaded
  if (pendingWant(node)?.evict.includes(model)) return false
  return loaded === undefined ? hasOnDisk(node, model) : loaded.some(({ name }) => name === model)
}

export const hasOnDisk = (node: PoolNode, model: string): boolean =>
  node.report?.disk.some(({ name }) => name === model) ?? false

/** What it was told to load and has not done yet. */
export function pendingWant(node: PoolNode): Want | undefined {
  const { want, report } = node
  return want === undefined || (report?.handled ?? 0) >= want.number ? undefined : want
}

/** How far the pending load of this model has come; undefined where there is none. */
export function loadingOf(node: PoolNode, model: string): Partial<Loading> | undefined {
  const loading = node.report?.loading
  if (loading?.model === model) return loading
  return pendingWant(node)?.model === model ? {} : undefined
}

/**
 * What became of the wish that a server loads a model, if it was tried since then: "done" also where it is not in memory
 * all the same, because the server does not load before it is asked.
 */
export function loadSince(node: PoolNode, model: string, since: number): "done" | { failed: string } | undefined {
  const { want, report, address } = node
  const isTried = want?.model === model && want.at >= since && (report?.handled ?? 0) >= want.number
  if (!isTried) return undefined
  if (report?.failed?.model !== model) return "done"
  return { failed: `${model} could not be loaded on ${address}: ${report.failed.message}` }
}
