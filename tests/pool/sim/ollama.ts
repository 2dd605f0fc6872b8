import { setMaxListeners } from "node:events"
import type { ProviderFetch, ProviderFetchInit, ProviderResponse } from "@omnichat/core/model/provider"
import type { SimModel } from "./trace.ts"
import type { VirtualTime } from "./time.ts"

export type SimOllamaOptions = {
  time: VirtualTime
  disk: readonly SimModel[]
  /** Bytes of GPU memory, and how many times its bytes a model takes of it. */
  memory: number
  memoryFactor: number
  /** Answers of one model at once. */
  parallel: number
  load: { fixedMs: number; bytesPerSecond: number }
}

type Runner = { model: string; bytes: number; active: number; waiting: (() => void)[]; leaving: boolean; used: number }
type Ask = { model: string; signal: AbortSignal; enter: (runner: Runner) => void }

/** How long an answer is to take, and a name to know it by, told in the question itself. */
export const tellTimes = (firstMs: number, answerMs: number, name = ""): string => `${firstMs} ${answerMs} ${name}`

/**
 * An Ollama server as far as waiting goes: one load at a time, in the order of the questions; who asks for what is not in
 * memory has it loaded; the least recently used makes room, once its answers are over; answers of one model side by side
 * up to a number, the others in line without an end. One that is told to leave takes no new ones.
 */
export class SimOllama {
  isDown = false
  /** Its machine is gone without a word: nothing comes back, and no connection ends. */
  isSilent = false
  /** A load begins, and does not end. */
  loadsHang = false
  loads = 0
  /** The names of the questions that were answered to the end. */
  readonly answered: string[] = []
  /** The most questions to one model that were there at once, answered or in line. */
  mostAtOnce = 0
  readonly #options: SimOllamaOptions
  readonly #runners = new Map<string, Runner>()
  readonly #asks: Ask[] = []
  #loading: { model: string } | undefined
  #life = newLife()

  constructor(options: SimOllamaOptions) {
    this.#options = options
  }

  get inMemory(): string[] {
    return [...this.#runners.keys()]
  }

  /** Everything under way breaks off, and nobody answers. */
  die(): void {
    this.isDown = true
    this.#runners.clear()
    this.#asks.length = 0
    this.#loading = undefined
    this.#life.abort(new Error("socket hang up"))
    this.#life = newLife()
  }

  revive(): void {
    this.isDown = false
  }

  readonly fetch: ProviderFetch = async (url, init) => {
    if (this.isDown)
      throw new TypeError("fetch failed", { cause: Object.assign(new Error("refused"), { code: "ECONNREFUSED" }) })
    const { pathname } = new URL(url)
    if (this.isSilent) await aborted(init.signal)
    switch (`${init.method} ${pathname}`) {
      case "GET /api/version":
        return json({ version: "0.32.7" })
      case "GET /api/tags":
        return json({ models: this.#options.disk.map(({ name, bytes }) => ({ name, size: bytes })) })
      case "GET /api/ps":
        return json({ models: this.#listed() })
      case "POST /api/generate":
        return this.#generate(init)
      case "POST /api/chat":
        return this.#chat(init)
      default:
        return json({ error: "not found" }, 404)
    }
  }

  #listed() {
    const { disk } = this.#options
    const names = [...this.#runners.keys(), ...(this.#loading === undefined ? [] : [this.#loading.model])]
    return disk
      .filter(({ name }) => names.includes(name))
      .map(({ name, bytes }) => ({ name, size: this.#takes(bytes), size_vram: this.#takes(bytes) }))
  }

  async #generate(init: ProviderFetchInit): Promise<ProviderResponse> {
    const { model, keep_alive } = JSON.parse(init.body ?? "{}") as { model: string; keep_alive?: number | string }
    if (keep_alive === 0) this.#expire(model)
    else (await this.#acquire(model, init.signal))()
    return json({ done: true })
  }

  async #chat(init: ProviderFetchInit): Promise<ProviderResponse> {
    const body = JSON.parse(init.body ?? "{}") as { model: string; messages: { content: string }[] }
    const [firstMs, answerMs, name = ""] = (body.messages.at(-1)?.content ?? "").split(" ")
    const answer = { firstMs: Number(firstMs), answerMs: Number(answerMs), name }
    if (!this.#options.disk.some(({ name }) => name === body.model)) return json({ error: "not found" }, 404)
    const life = this.#life.signal
    const release = await this.#acquire(body.model, init.signal)
    const words = this.#speak(answer, release, AbortSignal.any([life, init.signal]))
    return { status: 200, headers: { get: () => null }, body: words, text: () => Promise.resolve("") }
  }

  async *#speak(answer: { firstMs: number; answerMs: number; name: string }, release: () => void, signal: AbortSignal) {
    const { firstMs, answerMs, name } = answer
    const line = (content: string, done?: object): Uint8Array =>
      new TextEncoder().encode(`${JSON.stringify({ message: { role: "assistant", content }, done: false, ...done })}\n`)
    const wait = async (ms: number): Promise<void> => {
      await this.#options.time.sleep(ms, signal)
      if (signal.aborted) throw signal.reason
    }
    try {
      await wait(firstMs)
      yield line("word")
      await wait(answerMs - firstMs)
      this.answered.push(name)
      yield line("", { done: true, done_reason: "stop" })
    } finally {
      release()
    }
  }

  /** A place at the model, loaded if it has to be: resolves to what gives it back. */
  async #acquire(model: string, signal: AbortSignal): Promise<() => void> {
    const either = AbortSignal.any([this.#life.signal, signal])
    const runner = await new Promise<Runner>((resolve, reject) => {
      const fail = (): void => reject(either.reason as Error)
      if (either.aborted) return fail()
      const ask = { model, signal: either, enter: (found: Runner) => this.#enter(found, either, resolve) }
      either.addEventListener("abort", fail, { once: true })
      const ready = this.#ready(model)
      if (ready !== undefined) return ask.enter(ready)
      this.#asks.push(ask)
      void this.#load()
    })
    let isReleased = false
    return () => {
      if (isReleased) return
      isReleased = true
      runner.active -= 1
      runner.used = this.#options.time.now()
      runner.waiting.shift()?.()
      if (runner.leaving) this.#expire(model)
    }
  }

  /** One of the answers that are given at once, or in line to be. */
  #enter(runner: Runner, signal: AbortSignal, entered: (runner: Runner) => void): void {
    const enter = (): void => {
      signal.removeEventListener("abort", leave)
      runner.active += 1
      runner.used = this.#options.time.now()
      entered(runner)
    }
    const leave = (): void => {
      runner.waiting = runner.waiting.filter((other) => other !== enter)
    }
    this.mostAtOnce = Math.max(this.mostAtOnce, runner.active + runner.waiting.length + 1)
    if (runner.active < this.#options.parallel) return enter()
    runner.waiting.push(enter)
    signal.addEventListener("abort", leave, { once: true })
  }

  #ready(model: string): Runner | undefined {
    const runner = this.#runners.get(model)
    return runner?.leaving === false ? runner : undefined
  }

  /** Out of memory as soon as nobody is answered by it. */
  #expire(model: string): void {
    const runner = this.#runners.get(model)
    if (runner === undefined) return
    runner.leaving = true
    if (runner.active > 0 || runner.waiting.length > 0) return
    this.#runners.delete(model)
    void this.#load()
  }

  /** Works off what has to be loaded, one after the other. */
  async #load(): Promise<void> {
    const { time, disk, memory, load } = this.#options
    for (;;) {
      const [ask] = this.#asks
      if (this.#loading !== undefined || ask === undefined) return
      const ready = this.#ready(ask.model)
      if (ask.signal.aborted || ready !== undefined) {
        this.#asks.shift()
        if (!ask.signal.aborted && ready !== undefined) ask.enter(ready)
        continue
      }
      if (this.#runners.has(ask.model)) return // It leaves, and comes back after that.
      const bytes = disk.find(({ name }) => name === ask.model)?.bytes ?? 0
      const taken = [...this.#runners.values()].reduce((sum, runner) => sum + this.#takes(runner.bytes), 0)
      if (taken + this.#takes(bytes) > memory) {
        const victim = [...this.#runners.values()].sort((a, b) => a.active - b.active || a.used - b.used)[0]
        if (victim === undefined || victim.leaving) return
        victim.leaving = true
        if (victim.active > 0 || victim.waiting.length > 0) return
        this.#runners.delete(victim.model)
        continue
      }
      const loading = { model: ask.model }
      this.#loading = loading
      this.loads += 1
      await time.sleep(this.loadsHang ? 1e9 : load.fixedMs + (bytes / load.bytesPerSecond) * 1000, ask.signal)
      if (this.#loading !== loading) return // It died meanwhile.
      this.#loading = undefined
      if (ask.signal.aborted) continue
      const runner = { model: ask.model, bytes, active: 0, waiting: [], leaving: false, used: time.now() }
      this.#runners.set(ask.model, runner)
      for (const waiting of this.#asks.filter(({ model, signal }) => model === ask.model && !signal.aborted)) {
        this.#asks.splice(this.#asks.indexOf(waiting), 1)
        waiting.enter(runner)
      }
    }
  }

  #takes(bytes: number): number {
    return bytes * this.#options.memoryFactor
  }
}

function json(body: object, status = 200): ProviderResponse {
  const text = JSON.stringify(body)
  return { status, headers: { get: () => null }, body: null, text: () => Promise.resolve(text) }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)))
}

function newLife(): AbortController {
  const life = new AbortController()
  setMaxListeners(0, life.signal)
  return life
}
