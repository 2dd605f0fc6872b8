import type { ModelProvider, ProviderModel } from "./provider.ts"

/** A provider whose models are on servers with an address; the catalogue asks each of them by itself. */
export interface ServedProvider extends ModelProvider {
  readonly servers: readonly ModelServer[]
}

export type ModelServer = {
  /** Where it is, as shown to people: without credentials. */
  readonly address: string
  /** As ModelProvider.list, of this server alone. */
  list(signal: AbortSignal): Promise<ProviderModel[]>
}

/** How a place where models could be is doing, for onboarding and the settings (`GET /api/sources`). */
export type Source = {
  provider: "ollama" | "openai" | "demo"
  address?: string
  /** `silent`: nobody answers. `wrong`: something answers, but it is not what it should be, or it refuses. */
  state: "found" | "silent" | "wrong" | "unset"
  /** For people, with what to do; with `silent` and `wrong`. */
  error?: string
  models: { id: string; sizeBytes?: number; loaded?: boolean }[]
}
