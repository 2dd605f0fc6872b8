import type { Config, ModelSummary } from "@omnichat/core/protocol/http"
import type { Source } from "@omnichat/core/protocol/settings"

/**
 * The model to answer: the first of the wishes that exists, else any real one, else the demo: a name for others says
 * nothing of whether they are there.
 */
export function pick(
  models: readonly ModelSummary[],
  wishes: readonly (string | null | undefined)[],
): ModelSummary | undefined {
  for (const wish of wishes) {
    const model = wish ? models.find(({ id }) => id === wish) : undefined
    if (model) return model
  }
  return models.find(isReal) ?? models.find(({ provider }) => provider === "demo") ?? models[0]
}

/** Where a source names a model as its server does, the catalogue puts the provider before it. */
export function modelIdOf(source: Source, id: string): string {
  return id.startsWith(`${source.provider}/`) ? id : `${source.provider}/${id}`
}

/** The models that are in memory right now: they answer without being loaded first. */
export function loadedModels(sources: readonly Source[]): string[] {
  return sources.flatMap((source) =>
    source.models.filter(({ loaded }) => loaded === true).map(({ id }) => modelIdOf(source, id)),
  )
}

/** There is a model that thinks: anything but the demo's script, and names for others. */
export function hasRealModel(models: readonly ModelSummary[]): boolean {
  return models.some(isReal)
}

const isReal = ({ provider }: ModelSummary): boolean => provider !== "demo" && provider !== "auto"

/** Where the service runs. */
export type Mode = Config["mode"]

const providers: Record<string, string> = {
  auto: "Automatic",
  ollama: "Ollama",
  openai: "OpenAI-compatible",
  bedrock: "Amazon Bedrock",
  demo: "Demo",
}

/** Where a model comes from, as people say it. On AWS the Ollama servers are the service's own. */
export function providerName(provider: string, mode: Mode): string {
  if (provider === "ollama" && mode === "aws") return "GPU pool"
  return providers[provider] ?? provider
}

/** The name of a model that may be gone: without its provider. */
export function modelName(models: readonly ModelSummary[], id: string | undefined): string {
  if (id === undefined) return "the model"
  return models.find((model) => model.id === id)?.name ?? id.slice(id.indexOf("/") + 1)
}

/** An address as one says it: `localhost:11434`, or with its path where it has one. */
export function shortAddress(address: string | undefined): string {
  if (!address) return ""
  if (!URL.canParse(address)) return address
  const { host, pathname } = new URL(address)
  return host + (pathname === "/" ? "" : pathname)
}

export const amountOf = (count: number): string => (count === 1 ? "1 model" : `${count} models`)

/** What the empty chat says of each source, and whether it is there. */
export function describeSource(source: Source): { good: boolean; text: string } | undefined {
  if (source.provider === "demo") return undefined
  if (source.provider === "bedrock") return describeBedrock(source)
  const count = source.models.length
  const place = `${providerName(source.provider, "local")} at ${shortAddress(source.address)}`
  if (source.state === "found")
    return { good: count > 0, text: count === 0 ? `${place}, no models yet` : `${place}, ${amountOf(count)}` }
  if (source.state === "silent") return { good: false, text: `${place} does not answer` }
  if (source.state === "wrong") return { good: false, text: `${place} answers, but not as it should` }
  return undefined
}

function describeBedrock({ state, address, models }: Source): { good: boolean; text: string } {
  if (state !== "found") return { good: false, text: "Amazon Bedrock cannot be asked; Settings says why" }
  const amount = models.length === 0 ? "no models" : amountOf(models.length)
  return { good: models.length > 0, text: `Amazon Bedrock in ${address}, ${amount}` }
}
