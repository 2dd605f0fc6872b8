import type { Agent, AgentOptions } from "@omnichat/core/pool/agent/agent"
import { createAgent } from "@omnichat/core/pool/agent/agent"
import type { PoolNode } from "@omnichat/core/pool/node"
import { poolTopic } from "@omnichat/core/pool/pool"
import { removeNode } from "@omnichat/core/pool/store"
import type { Wake } from "@omnichat/core/run/wake"
import type { Table } from "@omnichat/core/store/table"

type Options = Omit<AgentOptions, "settings" | "nodeId"> & { wake: Wake }

/** In milliseconds: reports this old will do, and how long one is waited for. */
const usable = 30_000
const patience = 2_500
/** It is watched for so long after it was last needed. */
const watchedFor = 60_000

/** One model server of this machine's pool: looked at while somebody needs it, and left in peace otherwise. */
export class WatchedServer {
  readonly #options: Options
  readonly #agent: Agent
  #heardAt = Number.NEGATIVE_INFINITY
  #isHealthy = true
  #neededAt = 0
  #watching: { stop: AbortController; done: Promise<void> } | undefined

  constructor(options: Options) {
    const { address, wake } = options
    this.#options = options
    this.#agent = createAgent({
      ...options,
      nodeId: address,
      table: hearing(options.table, (node) => {
        this.#heardAt = options.clock.now()
        this.#isHealthy = node.report?.healthy === true
        wake.notify(poolTopic)
      }),
    })
    wake.listen(`${poolTopic}/${address}`, () => this.#agent.poke())
  }

  /**
   * Sees to it that the pool knows how the server is. What is known to be down, or was looked at a moment ago, is not
   * waited for.
   */
  async freshen(): Promise<void> {
    const { clock } = this.#options
    const now = clock.now()
    this.#neededAt = now
    this.#watch()
    if (now - this.#heardAt <= usable || !this.#isHealthy) return
    this.#agent.poke()
    await this.#nextReport()
  }

  /** It is no longer of the pool. */
  async end(): Promise<void> {
    const { table, address } = this.#options
    await this.stop()
    await removeNode(table, address)
  }

  async stop(): Promise<void> {
    this.#watching?.stop.abort()
    await this.#watching?.done
  }

  #watch(): void {
    if (this.#watching !== undefined) return
    const { clock } = this.#options
    const stop = new AbortController()
    const done = this.#agent.run(stop.signal).finally(() => (this.#watching = undefined))
    this.#watching = { stop, done }
    void (async () => {
      for (;;) {
        const left = this.#neededAt + watchedFor - clock.now()
        if (left <= 0) return stop.abort()
        await clock.sleep(left, stop.signal)
        if (stop.signal.aborted) return
      }
    })()
  }

  #nextReport(): Promise<void> {
    const { clock, wake } = this.#options
    const heard = new AbortController()
    const before = this.#heardAt
    const unlisten = wake.listen(poolTopic, () => {
      if (this.#heardAt !== before) heard.abort()
    })
    return clock.sleep(patience, heard.signal).finally(unlisten)
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
