import type { Json } from "../../protocol/part.ts"

/**
 * What we use of Bedrock's Converse and ConverseStream, by their own names
 * (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html).
 */
export type ConverseInput = {
  modelId: string
  messages: ConverseMessage[]
  system?: SystemBlock[]
  inferenceConfig: { maxTokens: number; temperature?: number; topP?: number; stopSequences?: string[] }
  toolConfig?: { tools: ConverseTool[]; toolChoice?: ConverseToolChoice }
  guardrailConfig?: GuardrailConfig
  additionalModelRequestFields?: { [key: string]: Json }
}

/** A guardrail of the account (https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-use-converse-api.html). */
export type GuardrailConfig = {
  guardrailIdentifier: string
  guardrailVersion: string
  /** `sync`: nothing is shown before it was judged. */
  streamProcessingMode?: "sync" | "async"
  trace?: "enabled" | "disabled"
}

export type ConverseMessage = { role: "user" | "assistant"; content: ContentBlock[] }
export type CachePoint = { cachePoint: { type: "default"; ttl?: "1h" } }
export type SystemBlock = { text: string } | CachePoint
export type ContentBlock =
  | { text: string }
  | { guardContent: { text: { text: string } } }
  | { image: { format: ImageFormat; source: { bytes: Uint8Array } } }
  | { document: { format: DocumentFormat; name: string; source: { bytes: Uint8Array } } }
  | { toolUse: { toolUseId: string; name: string; input: { [key: string]: Json } } }
  | { toolResult: { toolUseId: string; content: { text: string }[]; status?: "error" } }
  | { reasoningContent: ReasoningBlock }
  | CachePoint
export type ReasoningBlock = { reasoningText: { text: string; signature: string } } | { redactedContent: Uint8Array }
export type ImageFormat = "png" | "jpeg" | "gif" | "webp"
export type DocumentFormat = "pdf" | "csv" | "doc" | "docx" | "xls" | "xlsx" | "html" | "txt" | "md"
export type ConverseTool =
  { toolSpec: { name: string; description?: string; inputSchema: { json: { [key: string]: Json } } } } | CachePoint
export type ConverseToolChoice = { any: { [key: string]: never } } | { tool: { name: string } }

/** One event; of the members there is one, and those we have no use for are left out. */
export type ConverseEvent = {
  /** May be missing before a block of text or reasoning. */
  contentBlockStart?: {
    contentBlockIndex?: number | undefined
    start?: { toolUse?: { toolUseId?: string | undefined; name?: string | undefined } | undefined } | undefined
  }
  contentBlockDelta?: {
    contentBlockIndex?: number | undefined
    delta?: ConverseDelta | undefined
  }
  contentBlockStop?: { contentBlockIndex?: number | undefined }
  messageStop?: { stopReason?: string | undefined }
  /** Comes after `messageStop`. */
  metadata?: { usage?: ConverseUsage | undefined }
}

export type ConverseDelta = {
  text?: string | undefined
  toolUse?: { input?: string | undefined } | undefined
  reasoningContent?:
    | {
        text?: string | undefined
        signature?: string | undefined
        redactedContent?: Uint8Array | undefined
      }
    | undefined
}

/** Counts of tokens; `inputTokens` is without those that a cache was read or written with. */
export type ConverseUsage = {
  inputTokens?: number | undefined
  outputTokens?: number | undefined
  cacheReadInputTokens?: number | undefined
  cacheWriteInputTokens?: number | undefined
}

/** An answer that came whole. */
export type ConverseOutput = {
  output?: { message?: { content?: AnsweredBlock[] | undefined } | undefined } | undefined
  stopReason?: string | undefined
  usage?: ConverseUsage | undefined
}
export type AnsweredBlock = {
  text?: string | undefined
  toolUse?: { toolUseId?: string | undefined; name?: string | undefined; input?: unknown } | undefined
  reasoningContent?:
    | {
        reasoningText?: { text?: string | undefined; signature?: string | undefined } | undefined
        redactedContent?: Uint8Array | undefined
      }
    | undefined
}

/**
 * Sends the request and gives the events as they come. Rejects, or breaks off, with the errors of AWS's SDKs: `name` is
 * that of the exception. Aborting `signal` ends the request, also in the middle of the answer.
 */
export type ConverseStream = (input: ConverseInput, signal: AbortSignal) => AsyncIterable<ConverseEvent>

/** The same for models, and requests, whose answer comes whole. */
export type Converse = (input: ConverseInput, signal: AbortSignal) => Promise<ConverseOutput>
