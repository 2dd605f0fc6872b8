/**
 * What we use of Bedrock's ConverseStream, by its own names
 * (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html).
 */
export type ConverseInput = {
  modelId: string
  messages: ConverseMessage[]
  system?: { text: string }[]
  inferenceConfig: { maxTokens: number; temperature?: number; topP?: number; stopSequences?: string[] }
}

export type ConverseMessage = { role: "user" | "assistant"; content: { text: string }[] }

/** One event; of the members there is one, and those we have no use for are left out. */
export type ConverseEvent = {
  contentBlockDelta?: {
    contentBlockIndex?: number | undefined
    delta?: { text?: string | undefined; reasoningContent?: { text?: string | undefined } | undefined } | undefined
  }
  contentBlockStop?: { contentBlockIndex?: number | undefined }
  messageStop?: { stopReason?: string | undefined }
  /** Comes after `messageStop`. */
  metadata?: {
    usage?: { inputTokens?: number | undefined; outputTokens?: number | undefined } | undefined
  }
}

/**
 * Sends the request and gives the events as they come. Rejects, or breaks off, with the errors of AWS's SDKs: `name` is
 * that of the exception. Aborting `signal` ends the request, also in the middle of the answer.
 */
export type ConverseStream = (input: ConverseInput, signal: AbortSignal) => AsyncIterable<ConverseEvent>
