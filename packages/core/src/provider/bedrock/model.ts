import type { ProviderModel } from "../../model/provider.ts"

/** A model as it is configured; `id` is Bedrock's name of a model or of an inference profile. */
export type BedrockModel = ProviderModel & {
  /** Tokens: the most it gives in one answer. */
  maxOutputTokens: number
}
