import type { FinishReason } from "../protocol/event.ts"
import type { Params } from "../protocol/frame.ts"
import type { ModelSummary } from "../protocol/http.ts"
import type { ProviderMetadata } from "../protocol/part.ts"

/**
 * Somebody who has models: an Ollama server, an OpenAI-compatible one, Bedrock, the demo. Adapters are pure mappings
 * both ways over a `fetch` (or client) they are given.
 */
export interface ModelProvider {
  /** The first part of its models' ids: `ollama` in `ollama/qwen3:4b`. */
  readonly id: string
  /** Throws OmniError `model_unavailable` when nobody answers, with the address and what to do. */
  list(signal: AbortSignal): Promise<ProviderModel[]>
  /**
   * One answer. Blocks are start, deltas, end, never two open at once of the same id; the last event is `finish`. An
   * iterable that ends without `finish`, or throws, is a failed answer. Aborting `signal` ends the upstream request
   * within a second and makes the iterable throw or end. Throws OmniError: `model_not_found`, `model_unavailable`
   * (nobody answers, or overloaded), `upstream_failed` (it answered with an error, died or sent garbage), `invalid`
   * (it refuses this request).
   */
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent>
}

/** `id` is the provider's own name, without our prefix; the catalogue adds that. */
export type ProviderModel = Omit<ModelSummary, "provider"> & {
  /** Bytes on disk, where that is meaningful. */
  sizeBytes?: number
  loaded?: boolean
  /** Dollars per million output tokens; absent where nothing is paid. */
  outputPrice?: number
}

export type ModelRequest = {
  /** The provider's own name of the model. */
  model: string
  /**
   * The path from the root to the message answered, oldest first, alternating roles not guaranteed. When the last is an
   * assistant's, the answer goes on from its text.
   */
  messages: ModelMessage[]
  params: Params
}

export type ModelMessage = { role: "user" | "assistant"; content: ModelContent[] }
export type ModelContent =
  | { type: "text"; text: string }
  | { type: "reasoning"; text: string; providerMetadata?: ProviderMetadata }
  | { type: "file"; mediaType: string; filename: string; bytes: Uint8Array }

export type ModelUsage = { inputTokens?: number; outputTokens?: number }

export type ModelEvent =
  | { type: "text-start"; id: string }
  | { type: "text-delta"; id: string; delta: string }
  | { type: "text-end"; id: string }
  | { type: "reasoning-start"; id: string }
  | { type: "reasoning-delta"; id: string; delta: string }
  | { type: "reasoning-end"; id: string; providerMetadata?: ProviderMetadata }
  | { type: "finish"; finishReason: FinishReason; usage: ModelUsage }

/** The part of `fetch` that providers use; the global one fits. */
export type ProviderFetch = (url: string, init: ProviderFetchInit) => Promise<ProviderResponse>
export type ProviderFetchInit = {
  method: "GET" | "POST"
  headers?: Record<string, string>
  body?: string
  signal: AbortSignal
}
export type ProviderResponse = {
  status: number
  headers: { get(name: string): string | null }
  body: AsyncIterable<Uint8Array> | null
  text(): Promise<string>
}
