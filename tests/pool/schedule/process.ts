import type { ProviderFetch } from "@omnichat/core/model/provider"
import type { Clock, Timer } from "@omnichat/core/store/clock"
import type { Table } from "@omnichat/core/store/table"
import type { Chance } from "../sim/chance.ts"
import type { VirtualTime } from "../sim/time.ts"

export class StoreFault extends Error {
  override name = "StoreFault"
}

/**
 * A process with a clock of its own, whose calls to the store take a while, each another one. When it dies, nothing that
 * was under way comes back to it, and its connections close; what had reached the store has happened.
 */
export class Process {
  readonly name: string
  isDead = false
  readonly table: Table
  readonly clock: Clock & Timer
  readonly #time: VirtualTime
  readonly #gone = new AbortController()

  constructor(
    name: string,
    world: { time: VirtualTime; table: Table; chance: Chance; faults: { oneIn: number } },
    offsetMs = 0,
  ) {
    const { time, table, chance, faults } = world
    this.name = name
    this.#time = time
    this.clock = {
      now: () => time.now() + offsetMs,
      sleep: (ms, signal) => this.#living(time.sleep(ms, signal)),
      after: (ms, run) => time.after(ms, () => void (this.isDead || run())),
    }
    const delay = (): number =>
      chance.below(4) > 0 ? 0 : chance.below(20) === 0 ? chance.below(900) : chance.below(40)
    const call = async (work: () => Promise<unknown>): Promise<unknown> => {
      await this.#pause(delay())
      const fate = faults.oneIn > 0 ? chance.below(2 * faults.oneIn) : 2
      if (fate === 0) throw new StoreFault("the store did not take it")
      const result = work()
      result.catch(() => {}) // It may be that nobody hears of it.
      await this.#pause(delay())
      if (fate === 1) throw new StoreFault("the store's reply was lost")
      return this.#living(result)
    }
    this.table = new Proxy(table, {
      get:
        (target, name: keyof Table) =>
        (...args: unknown[]) =>
          call(() => (target[name] as (...args: unknown[]) => Promise<unknown>)(...args)),
    })
  }

  die(): void {
    this.isDead = true
    this.#gone.abort(new Error(`${this.name} is dead`))
  }

  /** The way to a server from here. */
  through(fetch: ProviderFetch): ProviderFetch {
    return (url, init) => {
      const signal = AbortSignal.any([init.signal, this.#gone.signal])
      return this.#living(fetch(url, { ...init, signal }))
    }
  }

  async #pause(ms: number): Promise<void> {
    if (ms > 0) await this.#time.sleep(ms)
    if (this.isDead) await never
  }

  async #living<T>(promise: Promise<T>): Promise<T> {
    try {
      const value = await promise
      return this.isDead ? await never : value
    } catch (thrown) {
      if (this.isDead) await never
      throw thrown
    }
  }
}

const never = new Promise<never>(() => {})
