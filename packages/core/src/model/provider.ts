import type { FinishReason } from "../protocol/event.ts"
import type { Params } from "../protocol/frame.ts"
import type { ModelSummary } from "../protocol/http.ts"
import type { RunId } from "../protocol/id.ts"
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
   * (it refuses this request); and MustWait when its servers have no room for the asker yet.
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
  /** What the model may call. Without tools, calls of earlier turns are told as text. */
  tools?: ModelTool[]
  /** Default `auto`. */
  toolChoice?: "auto" | "none" | "required" | { name: string }
  /** For providers that keep their askers in line. Without it, whoever asks waits in the call. */
  asker?: Asker
}

/** A run that asks: where it is found again when it had to wait. */
export type Asker = {
  runId: RunId
  /** The turn that takes it up again. */
  turn: number
  userId: string
  /** Rather fails with `model_unavailable` than waits for longer than this is thought to take (milliseconds). */
  waitAtMost?: number
}

/** `inputSchema` is a JSON Schema of an object. */
export type ModelTool = { name: string; description: string; inputSchema: { [key: string]: unknown } }

/**
 * Nothing was asked of a model: the asker stands in line, and is dispatched again when it may be asked. Thrown only to
 * those who came as an `asker`, and only before the first event.
 */
export class MustWait extends Error {
  override name = "MustWait"
}

export type ModelMessage = { role: "user" | "assistant"; content: ModelContent[] }
export type ModelContent =
  | { type: "text"; text: string }
  | { type: "reasoning"; text: string; providerMetadata?: ProviderMetadata }
  | { type: "file"; mediaType: string; filename: string; bytes: Uint8Array }
  /** Of an assistant. `input` is JSON, an object if the model kept to the schema. */
  | { type: "tool-call"; id: string; name: string; input: unknown }
  /** Of a user, in the message after the call. `output` is JSON. */
  | { type: "tool-result"; id: string; name: string; output: unknown; isError?: boolean }

/** Counts of tokens; absent where the provider does not tell. */
export type ModelUsage = {
  /** Everything the model has read, what came from a cache included. */
  inputTokens?: number
  outputTokens?: number
  /** Of the input: read from the provider's cache, and written to it. */
  cacheReadTokens?: number
  cacheWriteTokens?: number
}

export type ModelEvent =
  | { type: "text-start"; id: string }
  | { type: "text-delta"; id: string; delta: string }
  | { type: "text-end"; id: string }
  | { type: "reasoning-start"; id: string }
  | { type: "reasoning-delta"; id: string; delta: string }
  | { type: "reasoning-end"; id: string; providerMetadata?: ProviderMetadata }
  | { type: "tool-input-start"; id: string; toolName: string }
  | { type: "tool-input-delta"; id: string; delta: string }
  /** Whole, whether or not deltas came before. */
  | { type: "tool-input-available"; id: string; toolName: string; input: unknown }
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
