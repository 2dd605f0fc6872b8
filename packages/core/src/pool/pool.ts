import type { Asker } from "../model/provider.ts"
import { OmniError } from "../protocol/error.ts"
import { choose } from "./choose.ts"
import type { Choice, Sight } from "./choose.ts"
import { isUp, liveSlots, loadSince } from "./condition.ts"
import { inOrder, rankFor } from "./line.ts"
import type { Waiting } from "./line.ts"
import type { PoolNode } from "./node.ts"
import type { PoolPorts } from "./ports.ts"
import { changeNode, endSlot, leaveLine, readNode, readPool, renewSlot, standInLine } from "./store.ts"
import type { PoolItems } from "./store.ts"

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

export const poolTopic = "pool"

/** Long enough for any line (seconds). */
const keepWaiting = 24 * 3600

/** Sends work to servers: gives each asker a place, or has it stand in line for one. */
export class Pool {
  readonly #ports: PoolPorts
  /** Answers without a lease that this process has under way, by node. */
  readonly #uncounted = new Map<string, number>()

  constructor(ports: PoolPorts) {
    this.#ports = ports
  }

  /**
   * A place for the asker; undefined when it stands in line now and is called when its turn comes. `avoid` names servers
   * that have just failed it.
   *
   * @throws OmniError `model_unavailable` saying why there is no place and will be none: no server that could, a line that
   * is full, a start that failed; `model_not_found` when every server was asked and none has the model
   */
  async admit(asker: Asker, model: string, avoid: ReadonlySet<string> = new Set()): Promise<Place | undefined> {
    const { clock, settings, freshen } = this.#ports
    await freshen?.()
    const since = clock.now()
    const patientUntil = since + settings.patience
    for (;;) {
      const items = await readPool(this.#ports.table)
      const found = await this.#try(items, asker, model, { avoid, since })
      if (found === "again") continue
      if (found !== "wait") return found
      const left = patientUntil - clock.now()
      this.#checkWait(items, asker, model)
      if (left > 0) await this.changed(left)
      else {
        await this.#standInLine(items, asker, model)
        return undefined
      }
    }
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
    const { clock, table, wake } = this.#ports
    const { node } = place
    if (!place.leased) return this.#endUncounted(place, ending)
    const took = clock.now() - place.takenAt
    const failures = node.failures + 1
    const learned =
      ending === "answered"
        ? {
            answerMs: Math.round(node.answerMs === undefined ? took : 0.7 * node.answerMs + 0.3 * took),
            ...(node.failures > 0 && { failures: 0 }),
          }
        : ending === "unreached"
          ? this.#failed(failures)
          : {}
    await endSlot(table, place.nodeId, place.runId, learned)
    wake.notify(poolTopic)
  }

  /** How long the first word of an answer would take if it were asked now: milliseconds; Infinity if it never came. */
  async expect(model: string, userId: string): Promise<number> {
    await this.#ports.freshen?.()
    return this.#expected(await readPool(this.#ports.table), { runId: "", userId }, model)
  }

  /** Stands in line no longer, and leaves the place that was kept. */
  async leave(runId: string): Promise<void> {
    const { table } = this.#ports
    await leaveLine(table, runId)
    const { nodes } = await readPool(table)
    for (const node of nodes) if (runId in node.slots) await endSlot(table, node.nodeId, runId)
  }

  /** Resolves when something may have changed, or after `ms`. */
  changed(ms: number): Promise<void> {
    const { clock, wake } = this.#ports
    const hint = new AbortController()
    const unlisten = wake.listen(poolTopic, () => hint.abort())
    return clock.sleep(ms, hint.signal).finally(unlisten)
  }

  async #try(
    items: PoolItems,
    asker: Asker,
    model: string,
    { avoid, since }: { avoid: ReadonlySet<string>; since: number },
  ): Promise<Place | "wait" | "again"> {
    const { clock, settings } = this.#ports
    const now = clock.now()
    // A run that may be answered by several models has a place, or a reason, of each of them.
    const isOwn = (runId: string, each: { model: string }) => runId === asker.runId && each.model === model
    const entry = items.waiting.find((each) => isOwn(each.runId, each))
    const kept = items.nodes.find((node) => liveSlots(node, now).some(([runId, slot]) => isOwn(runId, slot)))
    if (kept !== undefined && !avoid.has(kept.nodeId)) {
      return this.#placed(await this.#claim(kept, asker, model), entry, now)
    }
    if (entry?.called?.failed !== undefined) {
      await leaveLine(this.#ports.table, asker.runId)
      throw new OmniError("model_unavailable", entry.called.failed)
    }
    const choice = choose(model, this.#sight(items), avoid)
    if (choice.kind === "none") return this.#placed(await this.#ask(choice, items, asker, model), entry, now)
    if (this.#ahead(items, asker, model).length > 0) return "wait"
    if (choice.kind === "answer") {
      return this.#placed(await this.#take(choice.node, asker, model), entry, now)
    }
    if (choice.kind === "load" && !choice.joined) {
      const loaded = loadSince(choice.node, model, entry?.since ?? since)
      if (loaded === undefined) await wantModel(this.#ports, choice, model)
      else if (loaded === "done" || settings.askAnyway) {
        return this.#placed(await this.#take(choice.node, asker, model), entry, now)
      } else throw new OmniError("model_unavailable", loaded.failed)
    }
    return "wait"
  }

  /** Whoever has a place stands in line no longer; who found it taken looks again. */
  async #placed(place: Place | undefined, entry: Waiting | undefined, now: number): Promise<Place | "again"> {
    if (place === undefined) return "again"
    if (entry !== undefined) await leaveLine(this.#ports.table, place.runId)
    this.#ports.metrics.observe("queue_wait_seconds", entry === undefined ? 0 : (now - entry.since) / 1000)
    return place
  }

  #sight(items: PoolItems): Sight {
    return { ...sightOf(this.#ports, items), uncounted: this.#uncounted }
  }

  #expected(items: PoolItems, asker: { runId: string; userId: string }, model: string): number {
    const ahead = this.#ahead(items, asker, model).length
    const choice = choose(model, { ...this.#sight(items), ahead })
    return choice.kind === "none" ? Number.POSITIVE_INFINITY : choice.waitMs
  }

  /** @throws OmniError `model_unavailable` for an asker who would wait for longer than it wants to */
  #checkWait(items: PoolItems, asker: Asker, model: string): void {
    const { waitAtMost } = asker
    if (waitAtMost === undefined) return
    const expected = this.#expected(items, asker, model)
    if (expected <= waitAtMost) return
    const limit = Math.round(waitAtMost / 1000)
    throw new OmniError("model_unavailable", `The wait for ${model} would be longer than ${limit} s.`)
  }

  /** Those who stand in line for the model before the asker. */
  #ahead({ waiting, state, nodes }: PoolItems, asker: { runId: string; userId: string }, model: string): Waiting[] {
    const isInLine = ({ called, runId }: Waiting): boolean => called === undefined || runId === asker.runId
    const line = inOrder(waiting.filter((each) => each.model === model && isInLine(each)))
    const at = line.findIndex(({ runId }) => runId === asker.runId)
    if (at >= 0) return line.slice(0, at)
    const rank = rankFor(asker.userId, state.served, waiting, underWay(nodes, asker.userId, this.#ports.clock.now()))
    return line.filter((each) => each.rank <= rank)
  }

  /** Nobody could answer: the one that cannot be reached is asked all the same, where it says best what is wrong. */
  async #ask(
    { down }: Extract<Choice, { kind: "none" }>,
    { nodes }: PoolItems,
    asker: Asker,
    model: string,
  ): Promise<Place | undefined> {
    const [first] = down
    if (first !== undefined && this.#ports.settings.askAnyway) return this.#take(first, asker, model)
    const addresses = nodes.map(({ address }) => address).join(", ")
    if (first !== undefined) {
      throw new OmniError("model_unavailable", `No server can answer for ${model} now (${addresses}). Try again soon.`)
    }
    throw nodes.length === 0
      ? new OmniError("model_unavailable", `There is no server for ${model}. Choose another model.`)
      : new OmniError("model_not_found", `None of the Ollama servers ${addresses} has "${model}".`)
  }

  async #standInLine({ state, nodes, waiting }: PoolItems, asker: Asker, model: string): Promise<void> {
    const { table, clock, settings, drive } = this.#ports
    const now = clock.now()
    const isNew = !waiting.some(({ runId }) => runId === asker.runId)
    if (isNew && waiting.length >= settings.mostWaiting) {
      throw new OmniError(
        "model_unavailable",
        `${waiting.length} others wait for the servers already, as many as may. Try again in a minute, or choose another model.`,
        { retryAfterMs: 60_000 },
      )
    }
    const rank = rankFor(asker.userId, state.served, waiting, underWay(nodes, asker.userId, now))
    const expiresAt = Math.ceil(now / 1000) + keepWaiting
    await standInLine(table, asker, { model, rank, since: now, expiresAt })
    await drive()
  }

  async #take(node: PoolNode, asker: Asker, model: string): Promise<Place | undefined> {
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
  async #claim(node: PoolNode, asker: Asker, model: string): Promise<Place | undefined> {
    const now = this.#ports.clock.now()
    const place = { ...whereOf(node), ...whoOf(asker, model), takenAt: now, node, leased: true }
    const kept = await renewSlot(this.#ports.table, node.nodeId, asker.runId, this.#slot(place))
    return kept && { ...place, node: kept }
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

/** What choosing looks at. */
export function sightOf(ports: PoolPorts, { nodes, state }: Pick<PoolItems, "nodes" | "state">): Sight {
  const { clock, settings, sizes, most = 0 } = ports
  const now = clock.now()
  const there = nodes.filter((node) => isUp(node, now, settings)).length
  return { nodes, now, settings, sizes, canStart: state.start !== undefined ? most > 0 : there < most }
}

/** How many answers a user has under way. */
export function underWay(nodes: readonly PoolNode[], userId: string, now: number): number {
  return nodes.flatMap((node) => liveSlots(node, now)).filter(([, slot]) => slot.userId === userId).length
}

/** Tells a server to load a model, unless it has been told something else meanwhile. Gives the node as it then is. */
export async function wantModel(
  { table, clock, wake }: PoolPorts,
  { node, evict }: Extract<Choice, { kind: "load" }>,
  model: string,
): Promise<PoolNode | undefined> {
  const number = Math.max(node.want?.number ?? 0, node.report?.handled ?? 0) + 1
  const told = await changeNode(table, node, { want: { number, model, at: clock.now(), evict } })
  if (told !== undefined) wake.notify(`${poolTopic}/${node.nodeId}`)
  return told
}
