import type { Asker } from "../model/provider.ts"
import { liveSlots } from "./condition.ts"
import type { PoolNode } from "./node.ts"
import { poolTopic } from "./topic.ts"
import type { PoolPorts } from "./ports.ts"
import { changeNode, endSlot, readNode, renewSlot } from "./store.ts"

/** A place on a server. Whoever has it keeps it alive and gives it back. */
export type Place = {
  nodeId: string
  address: string
  runId: string
  model: string
  userId: string
  /** When it was taken (epoch milliseconds), and the node as it was then. */
  takenAt: number
  node: PoolNode
  /** Whether it is a lease on the node's item. A server that decides by itself how much it does at once needs none. */
  leased: boolean
}

/** How an answer ended, as far as it says something of the server. */
export type Ending = "answered" | "unreached" | "unknown"

/** Gives places on servers, keeps them alive and takes them back. */
export class Places {
  readonly #ports: PoolPorts
  /** Answers without a lease that this process has under way, by node. */
  readonly #uncounted = new Map<string, number>()

  constructor(ports: PoolPorts) {
    this.#ports = ports
  }

  get uncounted(): ReadonlyMap<string, number> {
    return this.#uncounted
  }

  /** Keeps the place until `signal` is aborted. `recall` is called when the server may not be begun with any more. */
  async keep(place: Place, recall: () => void, signal: AbortSignal): Promise<void> {
    const { clock, settings, table, log } = this.#ports
    if (!place.leased) return
    let heard = { beat: place.node.beat, at: clock.now() }
    for (;;) {
      await clock.sleep(settings.renewEvery, signal)
      if (signal.aborted) return
      try {
        const node = await renewSlot(table, place.nodeId, place.runId, this.#slot(place))
        if (node !== undefined && node.beat !== heard.beat) heard = { beat: node.beat, at: clock.now() }
        // A machine that is gone without a word leaves its connections open.
        const isSilent = clock.now() - heard.at >= settings.heardFor
        if (node === undefined || isSilent || node.draining !== undefined || node.report?.spotNotice === true) recall()
      } catch (error) {
        log.warn("place-not-kept", { run: place.runId, node: place.nodeId, error: String(error) })
      }
    }
  }

  /** Gives the place back, with what the answer has told of the server. */
  async end(place: Place, ending: Ending): Promise<void> {
    const { table, wake } = this.#ports
    if (!place.leased) return this.#endUncounted(place, ending)
    await endSlot(table, place.nodeId, place.runId, this.#learned(place, ending))
    wake.notify(poolTopic)
  }

  /** Takes a place on the node as it was seen; undefined when it was not so any more. */
  async take(node: PoolNode, asker: Asker, model: string): Promise<Place | undefined> {
    const now = this.#ports.clock.now()
    const leased = node.report?.parallel !== undefined
    const place = { ...whereOf(node), ...whoOf(asker, model), takenAt: now, node, leased }
    if (!leased) {
      this.#count(node.nodeId, 1)
      return place
    }
    const slots = { ...Object.fromEntries(liveSlots(node, now)), [asker.runId]: this.#slot(place) }
    const taken = await changeNode(this.#ports.table, node, { slots, used: { ...node.used, [model]: now } })
    return taken && { ...place, node: taken }
  }

  /** The place that was kept for the asker becomes its own. */
  async claim(node: PoolNode, asker: Asker, model: string): Promise<Place | undefined> {
    const now = this.#ports.clock.now()
    const place = { ...whereOf(node), ...whoOf(asker, model), takenAt: now, node, leased: true }
    const kept = await renewSlot(this.#ports.table, node.nodeId, asker.runId, this.#slot(place))
    return kept && { ...place, node: kept }
  }

  /** What an answer has told of the server. */
  #learned({ node, takenAt }: Place, ending: Ending): Parameters<typeof endSlot>[3] {
    if (ending === "unknown") return {}
    if (ending === "unreached") return this.#failed(node.failures + 1)
    const took = this.#ports.clock.now() - takenAt
    const answerMs = Math.round(node.answerMs === undefined ? took : 0.7 * node.answerMs + 0.3 * took)
    return { answerMs, ...(node.failures > 0 && { failures: 0 }) }
  }

  async #endUncounted({ nodeId, node }: Place, ending: Ending): Promise<void> {
    this.#count(nodeId, -1)
    if (ending === "unknown" || (ending === "answered" && node.failures === 0)) return
    const seen = await readNode(this.#ports.table, nodeId)
    if (seen === undefined) return
    if (ending === "answered") await changeNode(this.#ports.table, seen, { failures: 0 }, ["restsUntil"])
    else await changeNode(this.#ports.table, seen, this.#failed(seen.failures + 1))
  }

  #count(nodeId: string, by: number): void {
    const count = (this.#uncounted.get(nodeId) ?? 0) + by
    if (count > 0) this.#uncounted.set(nodeId, count)
    else this.#uncounted.delete(nodeId)
  }

  /** What a call that reached nobody says of the server: too many in a row, and it is left alone. */
  #failed(failures: number): Partial<Pick<PoolNode, "failures" | "restsUntil">> {
    const { clock, settings } = this.#ports
    return { failures, ...(failures >= settings.failuresUntilRest && { restsUntil: clock.now() + settings.rest }) }
  }

  #slot({ model, userId }: Pick<Place, "model" | "userId">): PoolNode["slots"][string] {
    const { clock, settings } = this.#ports
    return { model, userId, until: clock.now() + settings.slotLease }
  }
}

const whereOf = ({ nodeId, address }: PoolNode) => ({ nodeId, address })
const whoOf = ({ runId, userId }: Asker, model: string) => ({ runId, userId, model })
