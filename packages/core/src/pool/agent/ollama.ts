import type { ProviderFetch } from "../../model/provider.ts"
import { OmniError } from "../../protocol/error.ts"
import { clip } from "../../provider/failure.ts"
import { Server } from "../../provider/server.ts"
import type { Clock } from "../../store/clock.ts"
import type { DiskModel, LoadedModel } from "../node.ts"
import { readPull } from "./pull.ts"
import type { PullProgress } from "./pull.ts"
import { running, stored, version } from "./wire.ts"
import { within } from "./within.ts"

export type OllamaServer = {
  /** Like `http://127.0.0.1:11434`; may hold a user and password for a proxy before it. */
  baseUrl: string
  /** Without a limit of its own for silence: a model may take many minutes to load. */
  fetch: ProviderFetch
}

type Limits = { signal: AbortSignal; ms: number }

/** The calls by which an agent watches its server and changes what it has in memory. They throw OmniError. */
export class Ollama {
  readonly #server: OllamaServer
  readonly #clock: Clock

  /** Throws a TypeError on a base URL that is none. */
  constructor(server: OllamaServer, clock: Clock) {
    this.#server = server
    this.#clock = clock
    this.#open(server.fetch)
  }

  async version({ signal, ms }: Limits): Promise<string> {
    return this.#within({ signal, ms }, async (signal) => {
      const told = await this.#open().json(version, { method: "GET", path: "/api/version", signal })
      return told.version
    })
  }

  async disk(limits: Limits): Promise<DiskModel[]> {
    return this.#within(limits, async (signal) => {
      const { models } = await this.#open().json(stored, { method: "GET", path: "/api/tags", signal })
      return (models ?? []).map(({ name, size }) => ({ name, bytes: size ?? 0 }))
    })
  }

  /** What is in memory, what is being loaded included; undefined where the server has no way to say it. */
  async memory(limits: Limits): Promise<LoadedModel[] | undefined> {
    return this.#within(limits, (signal) =>
      this.#ifThere(async (server) => {
        const { models } = await server.json(running, { method: "GET", path: "/api/ps", signal })
        return (models ?? []).map(({ name, size, size_vram: gpuBytes, context_length: contextLength }) => ({
          name,
          ...(size != null && { bytes: size }),
          ...(gpuBytes != null && { gpuBytes }),
          ...(contextLength != null && { contextLength }),
        }))
      }),
    )
  }

  /**
   * Loads a model, by a question without a prompt that nobody's answer depends on. False where the server does not load
   * on its own account, or the model has no words to give: then the first answer loads it.
   */
  async load(model: string, keepAlive: string | number | undefined, limits: Limits): Promise<boolean> {
    const body = { model, stream: false, ...(keepAlive !== undefined && { keep_alive: keepAlive }) }
    return this.#generate(body, limits)
  }

  /** Takes a model out of memory, as soon as nothing is answered by it. */
  async unload(model: string, limits: Limits): Promise<void> {
    await this.#generate({ model, stream: false, keep_alive: 0 }, limits)
  }

  /** Downloads a model; goes on where an earlier download was broken off. `silence` is the longest one, milliseconds. */
  async pull(
    model: string,
    { signal, silence, told }: { signal: AbortSignal; silence: number; told: (progress: PullProgress) => void },
  ): Promise<void> {
    const server = this.#open()
    const open = (signal: AbortSignal) =>
      server.call({ method: "POST", path: "/api/pull", body: { model, stream: true }, signal, model })
    await readPull(server, open, { clock: this.#clock, signal, silence, told })
  }

  async #generate(body: { model: string; stream: boolean; keep_alive?: string | number }, limits: Limits) {
    return this.#within(limits, async (signal) => {
      const { model } = body
      const done = this.#ifThere(async (server) => {
        const call = { method: "POST", path: "/api/generate", body, signal, model } as const
        await (await server.call(call)).text()
        return true
      })
      try {
        return (await done) ?? false
      } catch (thrown) {
        if (thrown instanceof OmniError && hasNoWords.test(thrown.message)) return false
        throw thrown
      }
    })
  }

  /** Undefined when the server answers that it knows no such call. */
  async #ifThere<T>(call: (server: Server) => Promise<T>): Promise<T | undefined> {
    let status = 0
    const server = this.#open(async (url, init) => {
      const response = await this.#server.fetch(url, init)
      status = response.status
      return response
    })
    try {
      return await call(server)
    } catch (thrown) {
      const isModel = thrown instanceof OmniError && thrown.code === "model_not_found"
      if (!isModel && notThere.has(status)) return undefined
      throw thrown
    }
  }

  #within<T>({ signal, ms }: Limits, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const late = () =>
      new OmniError("model_unavailable", `${this.#open().name} did not answer within ${Math.round(ms / 1000)} s.`)
    return within(this.#clock, { ms, signal, late }, run)
  }

  #open(fetch: ProviderFetch = this.#server.fetch): Server {
    const { baseUrl } = this.#server
    return new Server({ kind: "Ollama", baseUrl, fetch, advice: "Start it, or look at its log for why it ended." })
  }
}

const notThere: ReadonlySet<number> = new Set([404, 405, 501])
/** What Ollama says of a model that only makes embeddings. */
const hasNoWords = /does not support (?:generate|completion|chat)/i

/** Anything that went wrong, as a sentence may quote it. */
export const wordsOf = (thrown: unknown): string =>
  clip(thrown instanceof Error ? thrown.message : String(thrown)).replace(/\.$/, "")
