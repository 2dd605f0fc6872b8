import { fullName } from "../../provider/ollama/name.ts"
import type { Log } from "../../log.ts"
import type { Clock } from "../../store/clock.ts"
import type { Loading, NodeReport, Want } from "../node.ts"
import type { Look } from "./look.ts"
import type { Ollama } from "./ollama.ts"
import { wordsOf } from "./ollama.ts"
import type { PullProgress } from "./pull.ts"
import type { LoadRate } from "./rate.ts"
import type { AgentSettings } from "./settings.ts"

export type WorkParts = { ollama: Ollama; clock: Clock; log: Log; settings: AgentSettings; rate: LoadRate }

/** Nothing is whole before it is. */
const mostProgress = 0.97
/** How much longer a load is thought to take that has taken longer than it should: a part of what it took. */
const overtime = 0.05

/** One model on its way into memory, from the disk or from Ollama's registry. */
export class Work {
  /** The want it answers: the latest one for this model. */
  number: number
  readonly model: string
  readonly #evict: string[]
  readonly #parts: WorkParts
  readonly #began: number
  #step: Loading["step"] = "load"
  #stepBegan: number
  #bytes = 0
  #pulled: { first: PullProgress; now: PullProgress; since: number } | undefined
  #progress: number | undefined

  constructor(want: Want, parts: WorkParts) {
    this.number = want.number
    this.model = want.model
    this.#evict = want.evict
    this.#parts = parts
    this.#began = parts.clock.now()
    this.#stepBegan = this.#began
  }

  /** Never throws: gives what went wrong in words for an operator, or undefined when the model can be asked. */
  async run(look: Look, signal: AbortSignal): Promise<NodeReport["failed"]> {
    try {
      const found = look.disk.find(({ name }) => fullName(name) === fullName(this.model))
      this.#bytes = found?.bytes ?? 0
      if (found === undefined) await this.#pull(signal)
      await this.#makeRoom(look, signal)
      await this.#load(look, signal)
      return undefined
    } catch (thrown) {
      return { model: this.model, message: describeFailure(this.#step, this.model, thrown) }
    }
  }

  /** How far it is. Loads are not told of by Ollama, so their part is an estimate. */
  loading(): Loading {
    const elapsedMs = this.#parts.clock.now() - this.#began
    const left = this.#left()
    if (left !== undefined) {
      const share = elapsedMs + left > 0 ? elapsedMs / (elapsedMs + left) : 0
      this.#progress = Math.max(this.#progress ?? 0, Math.min(mostProgress, Math.round(share * 1000) / 1000))
    }
    return {
      model: this.model,
      step: this.#step,
      elapsedMs: Math.round(elapsedMs),
      ...(this.#progress !== undefined && { progress: this.#progress }),
      ...(left !== undefined && { etaMs: Math.round(left) }),
    }
  }

  /** Milliseconds until it can be asked, as far as one can know. */
  #left(): number | undefined {
    const { clock, rate } = this.#parts
    const now = clock.now()
    if (this.#step === "load") {
      if (this.#bytes === 0) return undefined
      const took = now - this.#stepBegan
      return Math.max(rate.expected(this.#bytes) - took, overtime * took)
    }
    if (this.#pulled === undefined) return undefined
    const { first, now: last, since } = this.#pulled
    // What an earlier download had brought was there at once.
    const bytes = last.bytes - first.bytes
    if (bytes <= 0 || now <= since) return undefined
    return ((now - since) / bytes) * (last.total - last.bytes) + rate.expected(last.total)
  }

  async #pull(signal: AbortSignal): Promise<void> {
    const { ollama, clock, settings } = this.#parts
    this.#step = "pull"
    this.#stepBegan = clock.now()
    const told = (now: PullProgress) => {
      this.#pulled ??= { first: now, now, since: clock.now() }
      this.#pulled.now = now
      this.#bytes = now.total
    }
    await ollama.pull(this.model, { signal, silence: settings.pullSilence, told })
    this.#step = "load"
    this.#stepBegan = clock.now()
  }

  /** That something could not be taken out is for Ollama to deal with: it makes room itself when it must. */
  async #makeRoom({ loaded = [] }: Look, signal: AbortSignal): Promise<void> {
    const { ollama, log, settings } = this.#parts
    const inMemory = new Set(loaded.map(({ name }) => fullName(name)))
    for (const model of this.#evict.map(fullName)) {
      if (!inMemory.has(model) || model === fullName(this.model)) continue
      try {
        await ollama.unload(model, { signal, ms: settings.evictLimit })
      } catch (thrown) {
        if (signal.aborted) throw signal.reason
        log.warn("pool-eviction-failed", { model, error: wordsOf(thrown) })
      }
    }
  }

  async #load({ loaded = [] }: Look, signal: AbortSignal): Promise<void> {
    const { ollama, clock, settings, rate } = this.#parts
    this.#stepBegan = clock.now()
    const { fixed, bytesPerSecond } = settings.loadLimit
    const ms = Math.round(fixed + (this.#bytes / bytesPerSecond) * 1000)
    const wasThere = loaded.some(({ name }) => fullName(name) === fullName(this.model))
    const isLoaded = await ollama.load(this.model, settings.keepAlive, { signal, ms })
    if (isLoaded && !wasThere) rate.note(this.#bytes, clock.now() - this.#stepBegan)
  }
}

const diskFull = /no space left|not enough (?:disk )?space|disk (?:is )?full|ENOSPC|insufficient (?:disk )?space/i
const unknownModel = /manifest.*(?:does not exist|not found|unknown)|file does not exist/i
const tooLarge = /(?:requires|needs) more (?:system |gpu )?memory|out of memory|cudaMalloc failed|insufficient memory/i

function describeFailure(step: Loading["step"], model: string, thrown: unknown): string {
  const said = wordsOf(thrown)
  if (diskFull.test(said)) {
    return (
      `The disk is full, so "${model}" cannot be stored. Delete models that nobody uses ("ollama rm"), or give the ` +
      `server a larger volume. (${said})`
    )
  }
  if (step === "pull") {
    return unknownModel.test(said)
      ? `There is no "${model}" to download. Correct its name, as ollama.com/library has it. (${said})`
      : `"${model}" could not be downloaded. It is tried again when somebody asks for it. (${said})`
  }
  if (tooLarge.test(said)) {
    return `"${model}" is too large for the server's memory. Choose a smaller one, or a larger server. (${said})`
  }
  return /did not answer within/.test(said)
    ? `"${model}" could not be loaded in time. Look at Ollama's log on the server, and start it again. (${said})`
    : `"${model}" could not be loaded. Ollama's log on the server says more. (${said})`
}
