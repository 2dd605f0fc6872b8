import { modelFacts } from "../../model/facts.ts"
import type { Caching, DocumentLimits, ImageLimits, ModelFacts, ReasoningForm } from "../../model/facts.ts"
import type { ProviderModel } from "../../model/provider.ts"

/** A model as it is configured or listed; `id` is Bedrock's name of a model or of an inference profile. */
export type BedrockModel = ProviderModel & {
  /** Tokens: the most it gives in one answer. */
  maxOutputTokens: number
  /** False for one that gives its answer only whole. */
  streams?: boolean
}

/** Everything that decides how one model is asked: the table's facts, and what is safe where the table says nothing. */
export type BedrockFacts = {
  maxOutputTokens: number
  usualOutputTokens: number
  sampling: NonNullable<ModelFacts["sampling"]>
  prefill: boolean
  system: boolean
  reasoning: ReasoningForm
  streams: boolean
  tools: NonNullable<ModelFacts["tools"]>
  forcedTools: boolean
  toolErrors: boolean
  caching: Caching | null
  images: ImageLimits | null
  documents: DocumentLimits | null
}

/** Tokens asked for where nobody says how many, and the most of a model that is not in the table. */
const usualOutput = 8192
export const unknownOutput = 4096
const usualImages: ImageLimits = { bytes: 5 * 1024 * 1024, count: 20 }

export function bedrockFacts(model: BedrockModel): BedrockFacts {
  const facts = modelFacts(baseId(model.id))
  const { maxOutputTokens } = model
  return {
    maxOutputTokens,
    usualOutputTokens: Math.min(facts.usualOutputTokens ?? usualOutput, maxOutputTokens),
    // Where the table does not know, these are tried: who refuses them is asked once more without.
    sampling: facts.sampling ?? "both",
    prefill: facts.prefill ?? true,
    system: facts.system ?? true,
    reasoning: facts.reasoning ?? { kind: "none" },
    streams: model.streams ?? facts.streams ?? true,
    tools: facts.tools ?? (model.capabilities.includes("tools") ? "streaming" : "none"),
    forcedTools: facts.forcedTools ?? false,
    toolErrors: facts.toolErrors ?? false,
    caching: facts.caching ?? null,
    images: facts.images === undefined && model.capabilities.includes("images") ? usualImages : (facts.images ?? null),
    documents: facts.documents ?? null,
  }
}

const worldParts = /^(us-gov|us|eu|apac|ap|jp|au|ca|sa|in|me|af|global)\./

/** An id without the part of the world that an inference profile is bound to, and without what an ARN adds. */
export const baseId = (id: string): string => withoutArn(id).replace(worldParts, "")

/** The part of the world that an id is bound to, like `eu.`; empty for a model of the region itself. */
export const worldPart = (id: string): string => worldParts.exec(withoutArn(id))?.[0] ?? ""

const withoutArn = (id: string): string => (id.startsWith("arn:") ? id.slice(id.lastIndexOf("/") + 1) : id)

/** The model to ask in a model's stead, as far as the list has it: bound to the same part of the world, or nearer. */
export function fallbackOf(model: BedrockModel, models: readonly BedrockModel[]): BedrockModel | undefined {
  const { fallback } = modelFacts(baseId(model.id))
  if (fallback === undefined) return undefined
  const part = worldPart(model.id)
  return [part, "", ...(part === "global." ? models.map(({ id }) => worldPart(id)) : [])]
    .map((each) => models.find(({ id }) => id === `${each}${fallback}`))
    .find((each) => each !== undefined)
}

/** A model as the catalogue lists it, with what the table adds to what is configured. */
export function listed({ maxOutputTokens: _most, streams: _how, ...model }: BedrockModel): ProviderModel {
  const facts = modelFacts(baseId(model.id))
  const outputPrice = model.outputPrice ?? outputPriceOf(model.id)
  const contextLength = model.contextLength ?? facts.contextLength
  return {
    ...model,
    capabilities: [...new Set([...model.capabilities, ...(facts.capabilities ?? [])])],
    ...(contextLength === undefined ? {} : { contextLength }),
    ...(outputPrice === undefined ? {} : { outputPrice }),
  }
}

/** Dollars per million tokens of output, by where the id is bound to. */
function outputPriceOf(id: string): number | undefined {
  const { prices } = modelFacts(baseId(id))
  if (prices === undefined) return undefined
  return prices.output * (worldPart(id) === "global." ? 1 : (prices.bound ?? 1))
}
