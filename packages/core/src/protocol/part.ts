import * as v from "valibot"
import { fileId } from "./id.ts"

/** What a user's message is made of when it is sent (protocol A6). */
export const inputPart = v.variant("type", [
  v.strictObject({ type: v.literal("text"), text: v.pipe(v.string(), v.nonEmpty("a text part may not be empty")) }),
  v.strictObject({ type: v.literal("file"), fileId }),
])
export type InputPart = v.InferOutput<typeof inputPart>

/**
 * What a stored message is made of: the parts of an AI SDK UI message, without keys that hold undefined
 * (https://ai-sdk.dev/docs/reference/ai-sdk-core/ui-message).
 */
export type TextPart = { type: "text"; text: string; state?: "streaming" | "done" }
export type ReasoningPart = {
  type: "reasoning"
  /** The id of its block in the events. */
  id?: string
  text: string
  state?: "streaming" | "done"
  providerMetadata?: ProviderMetadata
}
export type StepStartPart = { type: "step-start" }
export type FilePart = { type: "file"; mediaType: string; url: string; filename?: string }
export type SourceUrlPart = { type: "source-url"; sourceId: string; url: string; title?: string }
export type SourceDocumentPart = {
  type: "source-document"
  sourceId: string
  mediaType: string
  title: string
  filename?: string
}
export type ToolPart = {
  type: "dynamic-tool"
  toolName: string
  toolCallId: string
  state:
    "input-streaming" | "input-available" | "approval-requested" | "output-available" | "output-error" | "output-denied"
  input?: unknown
  output?: unknown
  errorText?: string
  approval?: { id: string }
}
export type Part = TextPart | ReasoningPart | StepStartPart | FilePart | SourceUrlPart | SourceDocumentPart | ToolPart

/** Facts only a provider understands, keyed by its name, handed back to it unchanged. */
export type ProviderMetadata = Record<string, Record<string, Json>>
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }
