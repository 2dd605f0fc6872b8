import type { ModelSummary } from "@omnichat/core/protocol/http"
import type { Source } from "@omnichat/core/protocol/settings"
import { modelIdOf, providerName, shortAddress } from "./choice.ts"
import type { Mode } from "./choice.ts"

export type ModelState = { kind: "loaded" } | { kind: "size"; text: string } | { kind: "none" }
export type ModelRow = { model: ModelSummary; state: ModelState; window: string }
/** `from`: where its models are, or what stands behind their names. */
export type ModelGroup = { provider: string; label: string; from: string; rows: ModelRow[] }
/** What is known around the models. */
export type Around = { sources: readonly Source[]; mode: Mode }

/** The picker's list: by provider, those that match the search. Every word of it has to be found somewhere. */
export function modelGroups(models: readonly ModelSummary[], { sources, mode }: Around, search: string): ModelGroup[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  const facts = new Map(sources.flatMap((source) => source.models.map((model) => [modelIdOf(source, model.id), model])))
  const groups = new Map<string, ModelGroup>()
  for (const model of models) {
    const from = providerName(model.provider, mode)
    const text = `${model.name} ${model.id} ${from} ${model.capabilities.join(" ")}`.toLowerCase()
    if (!words.every((word) => text.includes(word))) continue
    const group = groups.get(model.provider) ?? {
      provider: model.provider,
      label: from,
      from: placeOf(model.provider, sources),
      rows: [],
    }
    groups.set(model.provider, group)
    group.rows.push({ model, state: stateOf(facts.get(model.id)), window: shortWindow(model.contextLength) })
  }
  return [...groups.values()]
}

function placeOf(provider: string, sources: readonly Source[]): string {
  if (provider === "auto") return "the first that can answer"
  return sources
    .filter((source) => source.provider === provider && source.state === "found" && source.address)
    .map((source) => shortAddress(source.address))
    .join(", ")
}

function stateOf(fact: { sizeBytes?: number; loaded?: boolean } | undefined): ModelState {
  if (fact?.loaded) return { kind: "loaded" }
  return fact?.sizeBytes === undefined ? { kind: "none" } : { kind: "size", text: size(fact.sizeBytes) }
}

/** Bytes as people say them, in steps of 1,000: `8.1 GB`. */
export function size(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"]
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : Number(value.toPrecision(2))} ${units[unit]}`
}

/** A context length in tokens: `40k`, `128k`, `1M`. Powers of two are said as round numbers, as their makers do. */
export function shortWindow(tokens: number | undefined): string {
  if (tokens === undefined) return ""
  const thousand = tokens % 1024 === 0 ? 1024 : 1000
  const count = tokens / thousand
  if (count >= thousand) return `${Number((count / thousand).toPrecision(2))}M`
  return count < 1 ? String(tokens) : `${Math.round(count)}k`
}
