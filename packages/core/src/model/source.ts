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
