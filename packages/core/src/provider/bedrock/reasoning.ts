import type { ModelContent, ModelRequest } from "../../model/provider.ts"
import type { Json } from "../../protocol/part.ts"
import { base64, fromBase64 } from "../base64.ts"
import { baseId } from "./model.ts"
import type { BedrockFacts } from "./model.ts"
import type { ReasoningBlock } from "./wire.ts"

/** What is kept of a thought beside its words: who thought it, and its seal or, in base 64, what it is hidden in. */
export const signed = (model: string, signature: string) => mark({ model: baseId(model), signature })
export const redacted = (model: string, data: Uint8Array) => mark({ model: baseId(model), redactedData: base64(data) })
const mark = (bedrock: { [key: string]: Json }) => ({ bedrock })

/**
 * A thought as its own model takes it back; undefined where it must not be sent: without words or a seal (Bedrock
 * refuses such for good), or thought by another model, which would take it for a forgery.
 */
export function thoughtBlock(
  { text, providerMetadata }: Extract<ModelContent, { type: "reasoning" }>,
  model: string,
): ReasoningBlock | undefined {
  const { model: thinker, signature, redactedData } = providerMetadata?.["bedrock"] ?? {}
  if (thinker !== baseId(model)) return undefined
  const bytes = typeof redactedData === "string" ? fromBase64(redactedData) : undefined
  if (bytes !== undefined && bytes.length > 0) return { redactedContent: bytes }
  if (typeof signature !== "string" || signature === "" || !text || text.trim() === "") return undefined
  return { reasoningText: { text, signature } }
}

/** How a model is told to reason in one request. */
export type Reasoning = {
  /** Of the model that is asked, and no other; undefined where there are none. */
  fields?: { [key: string]: Json }
  /** Tokens for the thoughts, beside those of the answer. */
  budget: number
  /** Whether temperature and topP must be left at what they are. */
  fixesSampling: boolean
}

const without: Reasoning = { budget: 0, fixesSampling: false }
/** The least budget there is, in tokens. */
const leastBudget = 1024

/**
 * `may` is false where the model cannot reason in this request: a call of the same answer that came without a thought,
 * or a tool that it is made to call.
 */
export function reasoningOf(
  { params }: Pick<ModelRequest, "params">,
  { reasoning: form, maxOutputTokens, usualOutputTokens }: BedrockFacts,
  may: boolean,
): Reasoning {
  const { reasoning: level } = params
  if (level === undefined) return without
  switch (form.kind) {
    case "none":
    case "fixed":
      return without
    case "budget": {
      if (level === "off" || !may) return without
      const answer = Math.min(params.maxOutputTokens ?? usualOutputTokens, maxOutputTokens)
      const room = Math.max(maxOutputTokens - answer, Math.floor(maxOutputTokens / 2))
      const budget = Math.min(form.tokens[level], room)
      if (budget < leastBudget) return without
      return { fields: { thinking: { type: "enabled", budget_tokens: budget } }, budget, fixesSampling: true }
    }
    case "effort": {
      if (level === "off" && form.off === "disabled") return { ...without, fields: { thinking: { type: "disabled" } } }
      const effort = level === "off" ? "low" : level
      const thinking = { type: "adaptive", display: "summarized" }
      return { fields: { thinking, output_config: { effort } }, budget: 0, fixesSampling: true }
    }
    case "nova": {
      if (level === "off") return { ...without, fields: { reasoningConfig: { type: "disabled" } } }
      const reasoningConfig = { type: "enabled", maxReasoningEffort: form.efforts[level] }
      return { fields: { reasoningConfig }, budget: 0, fixesSampling: false }
    }
  }
}
