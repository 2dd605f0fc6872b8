import type { ModelMessage, ModelRequest } from "../../model/provider.ts"
import { plainMessages } from "../content.ts"
import type { BedrockModel } from "./model.ts"
import type { ConverseInput } from "./wire.ts"

/**
 * The request to a model. A limit is always sent: without one Bedrock reserves the model's maximum against the quota of
 * tokens a minute. The reasoning level and `seed` have no place in the API.
 */
export function converseInput(model: BedrockModel, { messages, params }: ModelRequest): ConverseInput {
  const { temperature, topP, maxOutputTokens, stop, system } = params
  return {
    modelId: model.id,
    messages: plainMessages(messages.map(withoutBlanks), false, model.id).map(({ role, text }, index, all) => {
      // Bedrock refuses white space at the end of what an answer is to go on from.
      const isPrefix = role === "assistant" && index === all.length - 1
      return { role, content: [{ text: isPrefix ? text.trimEnd() : text }] }
    }),
    ...(system === undefined || system.trim() === "" ? {} : { system: [{ text: system }] }),
    inferenceConfig: {
      maxTokens: Math.min(maxOutputTokens ?? model.maxOutputTokens, model.maxOutputTokens),
      ...(temperature === undefined ? {} : { temperature }),
      ...(topP === undefined ? {} : { topP }),
      ...(stop === undefined || stop.length === 0 ? {} : { stopSequences: stop }),
    },
  }
}

/** The white space that an answer's beginning ends with, which is not sent and may come again. */
export function spaceAtEnd({ messages }: ModelRequest): string {
  const last = messages.at(-1)
  if (last?.role !== "assistant") return ""
  const text = last.content.map((content) => (content.type === "text" ? content.text : "")).join("")
  return text.slice(text.trimEnd().length)
}

/** Bedrock refuses texts of nothing but white space. */
const withoutBlanks = ({ role, content }: ModelMessage): ModelMessage => {
  const isBlank = content.every((part) => part.type === "text" && part.text.trim() === "")
  return { role, content: isBlank ? [] : content }
}
