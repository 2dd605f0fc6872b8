import type { Agent, AgentOptions } from "@omnichat/core/pool/agent/agent"
import { createAgent } from "@omnichat/core/pool/agent/agent"
import type { PoolNode } from "@omnichat/core/pool/node"
import { poolTopic } from "@omnichat/core/pool/topic"
import { oneMachinePoolSettings } from "@omnichat/core/pool/settings"
import { changeNode, readNode, removeNode } from "@omnichat/core/pool/store"
import type { Wake } from "@omnichat/core/run/wake"
import type { Table } from "@omnichat/core/store/table"

type Options = Omit<AgentOptions, "settings" | "nodeId"> & {
  wake: Wake
  /** Whether somebody waits for a server of the pool, whoever it was that came last. */
  isWaitedFor: () => boolean
  /** The same server as it was set before: what has to be over first. */
  after?: Promise<void> | undefined
}

/** In milliseconds: reports this old will do, and how long one is waited for. */
const usable = 30_000
const patience = 2_500
/** It is watched for so long after it was last needed. */
const watchedFor = 60_000

/** One model server of this machine's pool: looked at while somebody needs it, and left in peace otherwise. */
export class WatchedServer {
  readonly #options: Options
  readonly #agent: Agent
  readonly #unlisten: () => void
  readonly #ended = new AbortController()
  #heardAt = Number.NEGATIVE_INFINITY
  #isHealthy = true
  #isLoading = false
  #neededAt = 0
  #watching: Promise<void> | undefined

  constructor(options: Options) {
    const { address, wake } = options
    this.#options = options
    this.#agent = createAgent({
      ...options,
      nodeId: address,
      table: hearing(options.table, (node) => {
        this.#heardAt = options.clock.now()
        this.#isHealthy = node.report?.healthy === true
        this.#isLoading = node.report?.loading !== undefined
        wake.notify(poolTopic)
      }),
    })
    this.#unlisten = wake.listen(`${poolTopic}/${address}`, () => this.#agent.poke())
  }

  get baseUrl(): string {
    return this.#options.ollama.baseUrl
  }

  /** Somebody needs it. True when the pool knows how it is: it was looked at a moment ago, or is known to be down. */
  touch(): boolean {
    this.#neededAt = this.#options.clock.now()
    this.#watch()
    return this.#isKnown
  }

  /** It said so a moment ago. */
  get isUp(): boolean {
    return this.#isHeard && this.#isHealthy
  }

  get #isKnown(): boolean {
    return this.#ended.signal.aborted || this.#isHeard || !this.#isHealthy
  }

  get #isHeard(): boolean {
    return this.#options.clock.now() - this.#heardAt <= usable
  }

  /** Looks at it now. Resolves when it has told, or has not within the time that a server may take. */
  async look(): Promise<void> {
    const { clock, wake } = this.#options
    const before = this.#heardAt
    const told = new AbortController()
    const unlisten = wake.listen(poolTopic, () => {
      if (this.#heardAt !== before || this.#ended.signal.aborted) told.abort()
    })
    this.#agent.poke()
    await clock.sleep(patience, told.signal)
    unlisten()
  }

  /** What the pool knows of it is old, and it does not tell: nobody is sent to it before it does. */
  async doubt(): Promise<void> {
    const { table, address, clock } = this.#options
    if (this.#isKnown) return
    const node = await readNode(table, address)
    if (node === undefined) return
    const { heardFor } = oneMachinePoolSettings
    await changeNode(table, node, { seen: { beat: node.beat, at: clock.now() - heardFor } })
  }

  /** It is no longer of the pool. */
  async end(): Promise<void> {
    const { table, address } = this.#options
    await this.stop()
    await removeNode(table, address)
  }

  /** Nobody looks at it any more. */
  async stop(): Promise<void> {
    this.#ended.abort()
    this.#unlisten()
    this.#options.wake.notify(poolTopic)
    await this.#watching
  }

  #watch(): void {
    if (this.#watching !== undefined || this.#ended.signal.aborted) return
    this.#watching = this.#watchWhileNeeded().finally(() => {
      this.#watching = undefined
      // Needed again while the last look was ending.
      if (this.#leftMs > 0) this.#watch()
    })
  }

  async #watchWhileNeeded(): Promise<void> {
    const { clock, after } = this.#options
    const stop = new AbortController()
    const end = () => stop.abort()
    const ended = this.#ended.signal
    await after
    if (ended.aborted) return
    ended.addEventListener("abort", end, { once: true })
    const watched = this.#agent.run(stop.signal)
    while (!stop.signal.aborted && (this.#leftMs > 0 || this.#isAtWork)) {
      await clock.sleep(this.#leftMs > 0 ? this.#leftMs : watchedFor, stop.signal)
    }
    end()
    ended.removeEventListener("abort", end)
    await watched
  }

  get #leftMs(): number {
    return this.#neededAt + watchedFor - this.#options.clock.now()
  }

  /** Whoever waits for it does not ask again until it is their turn. */
  get #isAtWork(): boolean {
    return this.#isLoading || this.#options.isWaitedFor()
  }
}

/** The table, with an ear for the reports that are written to it. */
function hearing(table: Table, heard: (node: PoolNode) => void): Table {
  return {
    ...table,
    async update(key, change, options) {
      const item = await table.update(key, change, options)
      heard(item as unknown as PoolNode)
      return item
    },
  }
}
