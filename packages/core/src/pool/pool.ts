import type { Asker } from "../model/provider.ts"
import { OmniError } from "../protocol/error.ts"
import { choose } from "./choose.ts"
import type { Choice, Sight } from "./choose.ts"
import { countUp, liveSlots, loadSince } from "./condition.ts"
import { inOrder, rankFor } from "./line.ts"
import type { Waiting } from "./line.ts"
import type { PoolNode } from "./node.ts"
import { Places } from "./places.ts"
import type { Place } from "./places.ts"
import type { PoolPorts } from "./ports.ts"
import type { PoolSettings } from "./settings.ts"
import { changeNode, endSlot, leaveLine, readPool, standInLine } from "./store.ts"
import type { PoolItems } from "./store.ts"
import { poolTopic } from "./topic.ts"

/** Long enough for any line (seconds). */
const keepWaiting = 24 * 3600

/** Sends work to servers: gives each asker a place, or has it stand in line for one. */
export class Pool {
  readonly #ports: PoolPorts
  readonly places: Places

  constructor(ports: PoolPorts) {
    this.#ports = ports
    this.places = new Places(ports)
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
      return this.#placed(await this.places.claim(kept, asker, model), entry, now)
    }
    if (entry?.called?.failed !== undefined) {
      await leaveLine(this.#ports.table, asker.runId)
      throw new OmniError("model_unavailable", entry.called.failed)
    }
    const choice = choose(model, this.#sight(items), avoid)
    if (choice.kind === "none") return this.#placed(await this.#ask(choice, items, asker, model), entry, now)
    if (this.#ahead(items, asker, model).length > 0) return "wait"
    if (choice.kind === "answer") {
      return this.#placed(await this.places.take(choice.node, asker, model), entry, now)
    }
    if (choice.kind === "load" && !choice.joined) {
      const loaded = loadSince(choice.node, model, entry?.since ?? since)
      if (loaded === undefined) await wantModel(this.#ports, choice, model)
      else if (loaded === "done" || settings.askAnyway) {
        return this.#placed(await this.places.take(choice.node, asker, model), entry, now)
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
    return { ...sightOf(this.#ports, items), uncounted: this.places.uncounted }
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
    if (first !== undefined && this.#ports.settings.askAnyway) return this.places.take(first, asker, model)
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
    if (!waiting.some(({ runId }) => runId === asker.runId)) checkRoom(asker, waiting, settings)
    const rank = rankFor(asker.userId, state.served, waiting, underWay(nodes, asker.userId, now))
    const expiresAt = Math.ceil(now / 1000) + keepWaiting
    await standInLine(table, asker, { model, rank, since: now, expiresAt })
    await drive()
  }
}

/** @throws OmniError `model_unavailable` when the line is full, for this asker or for all */
function checkRoom({ userId }: Asker, waiting: readonly Waiting[], settings: PoolSettings): void {
  const own = waiting.filter((each) => each.userId === userId).length
  const isFull = waiting.length >= settings.mostWaiting
  if (!isFull && own < settings.mostWaitingEach) return
  const who = isFull ? `${waiting.length} others wait` : `${own} of your questions wait`
  const message = `${who} for the servers already, as many as may. Try again in a minute, or choose another model.`
  throw new OmniError("model_unavailable", message, { retryAfterMs: 60_000 })
}

/** What choosing looks at. */
export function sightOf(ports: PoolPorts, { nodes, state }: Pick<PoolItems, "nodes" | "state">): Sight {
  const { clock, settings, sizes, most = 0 } = ports
  const now = clock.now()
  const canStart = state.start !== undefined ? most > 0 : countUp(nodes, now, settings) < most
  return { nodes, now, settings, sizes, canStart }
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
