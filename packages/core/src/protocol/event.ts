import * as v from "valibot"
import { errorCodes } from "./error.ts"
import { messageId } from "./id.ts"

/**
 * The numbered entries of a run's journal: UI message stream chunks of the AI SDK with exactly these keys
 * (protocol E1 to E5). Every run is a list of them, numbered from 1 without a gap.
 */
const text = v.string()
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const json = v.unknown()
const providerMetadata = v.record(v.string(), v.record(v.string(), v.any()))

export const finishReasons = ["stop", "length", "content-filter", "tool-calls", "other"] as const
export type FinishReason = (typeof finishReasons)[number]

export const endedStatuses = ["complete", "stopped", "failed", "interrupted"] as const
export type EndedStatus = (typeof endedStatuses)[number]
export type RunStatus = "queued" | "running" | EndedStatus

export const usage = v.strictObject({
  inputTokens: count,
  outputTokens: count,
  /** From the start of the run to its end, in milliseconds. */
  durationMs: count,
  /** From the start of the run to the first text or reasoning, in milliseconds. */
  firstTokenMs: v.exactOptional(count),
  reasoningMs: v.exactOptional(count),
  /** Of the input: what the provider read from its cache, and wrote to it. */
  cacheReadTokens: v.exactOptional(count),
  cacheWriteTokens: v.exactOptional(count),
  /** The provider gave no token counts; these are our estimate. */
  estimated: v.exactOptional(v.boolean()),
})
export type Usage = v.InferOutput<typeof usage>

export const answerError = v.strictObject({
  code: v.picklist(errorCodes),
  message: text,
  retryable: v.boolean(),
})

export const startMetadata = v.strictObject({ model: text, createdAt: text })
export const endMetadata = v.strictObject({
  status: v.picklist(endedStatuses),
  usage,
  error: v.exactOptional(answerError),
})
export type EndMetadata = v.InferOutput<typeof endMetadata>

export const queueEvent = v.strictObject({
  type: v.literal("data-queue"),
  data: v.strictObject({
    reason: v.picklist(["position", "loading", "starting"]),
    position: v.exactOptional(count),
    /** From 0 to 1. */
    progress: v.exactOptional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
    etaMs: v.exactOptional(count),
  }),
  transient: v.literal(true),
})

export type QueueEvent = v.InferOutput<typeof queueEvent>

export const event = v.variant("type", [
  v.strictObject({ type: v.literal("start"), messageId, messageMetadata: startMetadata }),
  v.strictObject({ type: v.literal("start-step") }),
  v.strictObject({ type: v.literal("finish-step") }),
  v.strictObject({ type: v.literal("text-start"), id: text }),
  v.strictObject({ type: v.literal("text-delta"), id: text, delta: text }),
  v.strictObject({ type: v.literal("text-end"), id: text }),
  v.strictObject({ type: v.literal("reasoning-start"), id: text }),
  v.strictObject({ type: v.literal("reasoning-delta"), id: text, delta: text }),
  v.strictObject({ type: v.literal("reasoning-end"), id: text, providerMetadata: v.exactOptional(providerMetadata) }),
  v.strictObject({
    type: v.literal("tool-input-start"),
    toolCallId: text,
    toolName: text,
    dynamic: v.literal(true),
  }),
  v.strictObject({ type: v.literal("tool-input-delta"), toolCallId: text, inputTextDelta: text }),
  v.strictObject({
    type: v.literal("tool-input-available"),
    toolCallId: text,
    toolName: text,
    input: json,
    dynamic: v.literal(true),
  }),
  v.strictObject({
    type: v.literal("tool-input-error"),
    toolCallId: text,
    toolName: text,
    input: json,
    errorText: text,
    dynamic: v.literal(true),
  }),
  v.strictObject({ type: v.literal("tool-approval-request"), approvalId: text, toolCallId: text }),
  v.strictObject({ type: v.literal("tool-output-available"), toolCallId: text, output: json }),
  v.strictObject({ type: v.literal("tool-output-error"), toolCallId: text, errorText: text }),
  v.strictObject({ type: v.literal("tool-output-denied"), toolCallId: text }),
  v.strictObject({ type: v.literal("source-url"), sourceId: text, url: text, title: v.exactOptional(text) }),
  v.strictObject({
    type: v.literal("source-document"),
    sourceId: text,
    mediaType: text,
    title: text,
    filename: v.exactOptional(text),
  }),
  v.strictObject({ type: v.literal("file"), url: text, mediaType: text }),
  queueEvent,
  v.strictObject({ type: v.literal("message-metadata"), messageMetadata: v.union([endMetadata, startMetadata]) }),
  v.strictObject({ type: v.literal("finish"), finishReason: v.picklist(finishReasons) }),
  v.strictObject({ type: v.literal("abort") }),
  v.strictObject({ type: v.literal("error"), errorText: text }),
])
export type Event = v.InferOutput<typeof event>

/** The three events that end a run; exactly one of them, last. */
export function isTerminal(candidate: Event): boolean {
  return candidate.type === "finish" || candidate.type === "abort" || candidate.type === "error"
}
