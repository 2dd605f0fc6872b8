import { describe } from "../../log.ts"
import type { Log } from "../../log.ts"
import { fullName } from "../../provider/ollama/name.ts"
import type { Clock } from "../../store/clock.ts"
import type { Table } from "../../store/table.ts"
import type { NodeReport, PoolNode, Want } from "../node.ts"
import { readNode, removeNode, reportNode } from "../store.ts"
import type { HostFacts } from "./host.ts"
import { Lookout } from "./look.ts"
import type { Look } from "./look.ts"
import { Ollama } from "./ollama.ts"
import type { OllamaServer } from "./ollama.ts"
import { LoadRate } from "./rate.ts"
import { defaultAgentSettings } from "./settings.ts"
import type { AgentSettings } from "./settings.ts"
import { Work } from "./work.ts"
import type { WorkParts } from "./work.ts"

export type AgentOptions = {
  nodeId: string
  /** How those who send work reach its Ollama. */
  address: string
  table: Table
  clock: Clock
  log: Log
  /** How the agent reaches it. */
  ollama: OllamaServer
  host: () => Promise<HostFacts>
  settings?: Partial<AgentSettings>
  /** Hears that a model is in memory, and how long that took (milliseconds). */
  onLoaded?: (model: string, elapsedMs: number) => void
}

/**
 * Speaks for one Ollama server: reports how it is, and does what is wanted of it. Two things only depend on its clock:
 * how long it waits, and how long something took. So it may be wrong.
 */
export type Agent = {
  /**
   * Looks and reports once, and begins what is wanted then; that goes on by itself. Gives the server as the pool has it.
   * Throws what the table throws, and the signal's reason.
   */
  beat(signal: AbortSignal): Promise<PoolNode>
  /** Beats until the signal is aborted, then breaks off what is on its way. Never rejects. */
  run(signal: AbortSignal): Promise<void>
  /** Something may have changed: `run` beats at once. */
  poke(): void
}

const firstPause = 500

export function createAgent(options: AgentOptions): Agent {
  return new OllamaAgent(options)
}

class OllamaAgent implements Agent {
  readonly #options: AgentOptions
  readonly #settings: AgentSettings
  readonly #lookout: Lookout
  readonly #parts: WorkParts
  /** What is done with, as it is reported; undefined until the last one's report was read. */
  #done: Pick<NodeReport, "handled" | "failed"> | undefined
  #work: Work | undefined
  #working = Promise.resolve()
  #facts: HostFacts = {}
  /** What was loaded last, until a look has said whether it is in memory. */
  #loaded: string | undefined
  /** It does not say what it has in memory, whatever it was told to load. */
  #keepsToItself = false
  #ending = new AbortController()
  #poked = new AbortController()

  constructor(options: AgentOptions) {
    const { clock, log } = options
    const settings = { ...defaultAgentSettings, ...options.settings }
    const ollama = new Ollama(options.ollama, clock)
    this.#options = options
    this.#settings = settings
    this.#lookout = new Lookout(ollama, settings)
    this.#parts = { ollama, clock, log, settings, rate: new LoadRate(settings.bytesPerSecond) }
  }

  async beat(signal: AbortSignal): Promise<PoolNode> {
    const { table, nodeId, address } = this.#options
    this.#done ??= doneIn((await readNode(table, nodeId))?.report)
    // Before the look: what ends during it is loaded in the next look, and is told then.
    const [work, done, loaded] = [this.#work, this.#done, this.#loaded]
    const [seen, facts] = await Promise.all([this.#lookout.look(signal), this.#host()])
    const look = this.#asFarAsItTells(seen, loaded)
    const report = { ...withoutLoading(look, work), ...facts, ...(work && { loading: work.loading() }), ...done }
    const node = await reportNode(table, { nodeId, address }, report)
    if (node.beat === 1 && this.#done.handled !== undefined) {
      // It was taken out of the pool, and its wants are counted from 1 again.
      this.#done = {}
      this.poke()
    }
    if (node.want !== undefined) this.#take(node.want, look)
    return node
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, log, nodeId } = this.#options
    this.#ending = new AbortController()
    signal.addEventListener("abort", this.poke, { once: true })
    for (let failures = 0; !signal.aborted;) {
      // Renewed before the beat, so that a poke during it is not lost.
      this.#poked = new AbortController()
      let pause: number
      try {
        const { want } = await this.beat(signal)
        failures = 0
        pause = this.#isBusy(want) ? this.#settings.beatEveryBusy : this.#settings.beatEvery
      } catch (thrown) {
        if (signal.aborted) break
        log.warn("pool-report-failed", { nodeId, error: describe(thrown) })
        pause = Math.min(this.#settings.longestPause, firstPause * 2 ** Math.min(failures, 16))
        failures += 1
      }
      if (!signal.aborted) await clock.sleep(pause, this.#poked.signal)
    }
    signal.removeEventListener("abort", this.poke)
    this.#ending.abort(new Error("the agent ends"))
    await this.#working
    if (this.#settings.saysGoodbye) await this.#sayGoodbye()
  }

  /**
   * A server that has just loaded a model and does not list it says nothing of its memory: otherwise every question would
   * wait for another load.
   */
  #asFarAsItTells(look: Look, loaded: string | undefined): Look {
    if (!look.healthy || look.loaded === undefined) return look
    if (look.loaded.length > 0) this.#keepsToItself = false
    else if (loaded !== undefined && loaded === this.#loaded) this.#keepsToItself = true
    if (loaded === this.#loaded) this.#loaded = undefined
    if (!this.#keepsToItself) return look
    const { loaded: _nothing, ...rest } = look
    return rest
  }

  readonly poke = (): void => this.#poked.abort()

  #isBusy(want: Want | undefined): boolean {
    return this.#work !== undefined || (want !== undefined && want.number !== this.#done?.handled)
  }

  #take(want: Want, look: Look): void {
    if (want.number === this.#done?.handled) return
    if (this.#work !== undefined) {
      // One load at a time; whoever wants the same is served by it.
      if (fullName(this.#work.model) === fullName(want.model)) this.#work.number = want.number
      return
    }
    if (look.healthy) this.#working = this.#begin(new Work(want, this.#parts), look)
  }

  async #begin(work: Work, look: Look): Promise<void> {
    const { log, nodeId } = this.#options
    const ending = this.#ending.signal
    this.#work = work
    log.info("pool-model-wanted", { nodeId, model: work.model, number: work.number })
    const failed = await work.run(look, ending)
    this.#work = undefined
    if (ending.aborted) return
    const { elapsedMs } = work.loading()
    if (failed === undefined) this.#loaded = work.model
    this.#done = { handled: work.number, ...(failed && { failed }) }
    if (failed) log.warn("pool-model-failed", { nodeId, model: work.model, elapsedMs, error: failed.message })
    else {
      log.info("pool-model-ready", { nodeId, model: work.model, elapsedMs })
      this.#options.onLoaded?.(work.model, elapsedMs)
    }
    this.poke()
  }

  /** What the machine said last, when it does not say it in time or at all. */
  async #host(): Promise<HostFacts> {
    const { clock, host, log, nodeId } = this.#options
    const told = new AbortController()
    const late = clock.sleep(this.#settings.hostLimit, told.signal).then(() => this.#facts)
    try {
      this.#facts = await Promise.race([host(), late])
    } catch (thrown) {
      log.warn("pool-host-unknown", { nodeId, error: describe(thrown) })
    } finally {
      told.abort()
    }
    return this.#facts
  }

  async #sayGoodbye(): Promise<void> {
    const { table, nodeId, log } = this.#options
    try {
      await removeNode(table, nodeId)
    } catch (thrown) {
      // The pool finds out by the silence.
      log.warn("pool-goodbye-failed", { nodeId, error: describe(thrown) })
    }
  }
}

const doneIn = (report: NodeReport | undefined): Pick<NodeReport, "handled" | "failed"> => ({
  ...(report?.handled !== undefined && { handled: report.handled }),
  ...(report?.failed !== undefined && { failed: report.failed }),
})

/** Ollama lists a model as in memory from the moment it begins to load it. */
function withoutLoading(look: Look, work: Work | undefined): Look {
  if (work === undefined || look.loaded === undefined) return look
  return { ...look, loaded: look.loaded.filter(({ name }) => fullName(name) !== fullName(work.model)) }
}
