import type { ProviderModel } from "../../model/provider.ts"
import type { Capability } from "../../protocol/http.ts"
import type { Server } from "../server.ts"
import { fullName } from "./name.ts"
import type { Think } from "./think.ts"
import { running, show, tags } from "./wire.ts"
import type { Show, Tag } from "./wire.ts"

/** What decides how a model is asked. Capabilities are undefined where the server is too old to tell them. */
export type OllamaFacts = {
  capabilities: readonly string[] | undefined
  contextLength: number | undefined
  /** What the model's `think` may be; empty for one that does not reason. */
  thinking: readonly Think[]
}

const showsAtOnce = 6

/** What the server has, and each model's facts, which are asked for once for each version of a model. */
export class OllamaModels {
  readonly #server: Server
  readonly #facts = new Map<string, { digest: string | undefined; facts: OllamaFacts }>()

  constructor(server: Server) {
    this.#server = server
  }

  /** The models that can chat, most recently changed first. Those whose facts do not come in time are listed without them. */
  async list(signal: AbortSignal): Promise<ProviderModel[]> {
    const [listed, loaded] = await Promise.all([this.#tags(signal), this.#loaded(signal)])
    this.#forgetChanged(listed)
    await this.#showAll(
      listed.filter((tag) => !tag.capabilities && !this.#facts.has(tag.name)),
      signal,
    )
    return listed.flatMap((tag) => {
      const capabilities = tag.capabilities ?? this.#facts.get(tag.name)?.facts.capabilities
      if (capabilities && !capabilities.includes("completion")) return []
      const contextLength = tag.details?.context_length ?? this.#facts.get(tag.name)?.facts.contextLength
      return {
        id: tag.name,
        name: tag.name.replace(/:latest$/, ""),
        capabilities: ourCapabilities(capabilities ?? []),
        loaded: loaded.has(tag.name),
        ...(contextLength ? { contextLength } : {}),
        ...(tag.size ? { sizeBytes: tag.size } : {}),
      }
    })
  }

  /** The facts of one model, from memory where they are there. Throws as the server's calls do. */
  async facts(model: string, signal: AbortSignal): Promise<OllamaFacts> {
    return this.#facts.get(fullName(model))?.facts ?? (await this.#show(model, undefined, signal))
  }

  #forgetChanged(listed: Tag[]): void {
    const digests = new Map(listed.map((tag) => [tag.name, tag.digest ?? undefined]))
    for (const [name, known] of this.#facts) {
      known.digest ??= digests.get(name)
      if (!digests.has(name) || known.digest !== digests.get(name)) this.#facts.delete(name)
    }
  }

  async #tags(signal: AbortSignal): Promise<Tag[]> {
    return (await this.#server.json(tags, { method: "GET", path: "/api/tags", signal })).models ?? []
  }

  async #loaded(signal: AbortSignal): Promise<ReadonlySet<string>> {
    try {
      const { models } = await this.#server.json(running, { method: "GET", path: "/api/ps", signal })
      return new Set(models?.map((model) => model.name))
    } catch {
      return new Set() // Which models are loaded is an extra, and the call for the list tells what is wrong.
    }
  }

  async #showAll(unknown: Tag[], signal: AbortSignal): Promise<void> {
    const waiting = unknown.values()
    const worker = async () => {
      for (const tag of waiting) {
        try {
          await this.#show(tag.name, tag.digest ?? undefined, signal)
        } catch {
          // One model whose facts cannot be had (a broken file, a server out of time) must not hide the others.
        }
      }
    }
    await Promise.all(Array.from({ length: showsAtOnce }, worker))
  }

  async #show(model: string, digest: string | undefined, signal: AbortSignal): Promise<OllamaFacts> {
    const shown = await this.#server.json(show, { method: "POST", path: "/api/show", body: { model }, signal, model })
    const facts = factsIn(shown)
    this.#facts.set(fullName(model), { digest, facts })
    return facts
  }
}

function factsIn(shown: Show): OllamaFacts {
  const info = shown.model_info ?? {}
  const contextLength = info[`${String(info["general.architecture"])}.context_length`]
  return {
    capabilities: shown.capabilities ?? undefined,
    contextLength: typeof contextLength === "number" ? contextLength : undefined,
    thinking: thinkingIn(shown),
  }
}

function thinkingIn({ thinking, capabilities, details }: Show): readonly Think[] {
  if (thinking?.values) return thinking.values
  if (!capabilities?.includes("thinking")) return []
  // Servers from before `thinking` in /api/show have one family that takes levels, and does so only.
  return details?.family === "gptoss" ? ["low", "medium", "high"] : [true, false]
}

const names: Readonly<Record<string, Capability>> = { vision: "images", tools: "tools", thinking: "reasoning" }

const ourCapabilities = (theirs: readonly string[]): Capability[] =>
  theirs.flatMap((capability) => names[capability] ?? [])
