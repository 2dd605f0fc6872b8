import type { ModelRequest } from "../../model/provider.ts"
import { OmniError } from "../../protocol/error.ts"
import { withCachePoints } from "./cache.ts"
import { besideDocuments, wireMessages } from "./messages.ts"
import { bedrockFacts } from "./model.ts"
import type { BedrockModel } from "./model.ts"
import { reasoningOf } from "./reasoning.ts"
import { ToolNames, boundTools, choiceOf, toolSpecs } from "./tools.ts"
import type { ConverseInput, ConverseMessage, GuardrailConfig } from "./wire.ts"

export type RequestOptions = {
  guardrail?: GuardrailConfig
  /** Whether tools and system text are kept for an hour where the model can; a write costs twice the input then. */
  cacheForAnHour?: boolean
  /** Whether answers can be asked for whole. */
  canBeWhole: boolean
} & Adaptation

/** What was found out about a model that the table does not know, by its refusal. */
export type Adaptation = { prefill?: false; sampling?: "one" | "none" }

export type Asked = {
  input: ConverseInput
  names: ToolNames
  /** Whether the answer must come whole. */
  whole: boolean
}

const goOn =
  "Your last answer was broken off. Go on exactly where it stops, from its very next character. Do not repeat anything " +
  "of it, and say nothing about this message."

/**
 * The request to a model, made from its own facts alone: nothing of another model that was asked before is in it. A limit
 * is always sent, because without one Bedrock reserves the model's maximum against the quota of tokens a minute. `seed`
 * has no place in the API. @throws OmniError `invalid`
 */
export function converseInput(model: BedrockModel, request: ModelRequest, options: RequestOptions): Asked {
  const facts = bedrockFacts(model)
  const canCall = facts.tools !== "whole" || options.canBeWhole
  const tools = canCall ? boundTools(request, facts) : []
  const names = new ToolNames(tools)
  const messages = wireMessages(request.messages, { model: model.id, facts, names, bound: tools.length > 0 })
  if (messages.length === 0) throw new OmniError("invalid", `There is nothing that ${model.id} could answer to.`)
  const goesOn = messages.at(-1)?.role === "assistant"
  const choice = facts.forcedTools && tools.length > 0 ? choiceOf(request.toolChoice, names) : undefined
  const mayThink = !goesOn && choice === undefined && !callsWithoutThought(messages)
  const reasoning = reasoningOf(request, facts, mayThink)
  const { temperature, topP, maxOutputTokens, stop } = request.params
  const system = request.params.system?.trim() ? request.params.system : undefined
  const sampling = reasoning.fixesSampling ? "none" : (options.sampling ?? facts.sampling)
  const input: ConverseInput = {
    modelId: model.id,
    ...(system === undefined || !facts.system ? {} : { system: [{ text: system }] }),
    messages: asked(messages, { prefill: facts.prefill, ...options, system: facts.system ? undefined : system }),
    inferenceConfig: {
      maxTokens: Math.min((maxOutputTokens ?? facts.usualOutputTokens) + reasoning.budget, facts.maxOutputTokens),
      ...(temperature === undefined || sampling === "none" ? {} : { temperature: Math.min(temperature, 1) }),
      ...(topP === undefined || sampling === "none" || (sampling === "one" && temperature !== undefined)
        ? {}
        : { topP }),
      ...(stop === undefined || stop.length === 0 ? {} : { stopSequences: stop }),
    },
    ...(tools.length === 0
      ? {}
      : { toolConfig: { tools: toolSpecs(tools, names), ...(choice === undefined ? {} : { toolChoice: choice }) } }),
    ...(options.guardrail === undefined ? {} : { guardrailConfig: options.guardrail }),
    ...(reasoning.fields === undefined ? {} : { additionalModelRequestFields: reasoning.fields }),
  }
  const whole = options.canBeWhole && (!facts.streams || (facts.tools === "whole" && tools.length > 0))
  return { input: withCachePoints(input, facts.caching, options.cacheForAnHour ?? true), names, whole }
}

/** The white space that an answer's beginning ends with, which may come again. */
export function spaceAtEnd({ messages }: ModelRequest): string {
  const last = messages.at(-1)
  if (last?.role !== "assistant") return ""
  const text = last.content.map((content) => (content.type === "text" ? content.text : "")).join("")
  return text.slice(text.trimEnd().length)
}

/** A model that thinks within a budget refuses an unfinished answer that calls a tool and does not begin with a thought. */
function callsWithoutThought(messages: readonly ConverseMessage[]): boolean {
  const last = messages.findLast(({ role }) => role === "assistant")
  const results = messages.at(-1)?.content.some((block) => "toolResult" in block) ?? false
  return results && last !== undefined && !("reasoningContent" in (last.content[0] ?? {}))
}

type Asking = { system: string | undefined; prefill: boolean; guardrail?: GuardrailConfig }

/** What the model's own facts make of the messages: a system text it takes nowhere else, and a beginning to go on from. */
function asked(messages: readonly ConverseMessage[], { system, prefill, guardrail }: Asking): ConverseMessage[] {
  const [first, ...rest] = messages
  const all = first === undefined || system === undefined ? [...messages] : [told(first, system), ...rest]
  const guarded = guardrail === undefined ? all : withGuard(all)
  const last = guarded.at(-1)
  if (last?.role !== "assistant") return guarded
  if (!prefill) return [...guarded, { role: "user", content: [{ text: goOn }] }]
  // Bedrock refuses white space at the end of what an answer is to go on from.
  const content = last.content.map((block, index) =>
    "text" in block && index === last.content.length - 1 ? { text: block.text.trimEnd() } : block,
  )
  return [...guarded.slice(0, -1), { role: "assistant", content }]
}

const told = ({ role, content }: ConverseMessage, system: string): ConverseMessage => ({
  role,
  content: [{ text: system }, ...content],
})

/**
 * Only what is asked now is judged: a guardrail that saw the whole chat would stop every later answer for the one message
 * it has stopped before.
 */
function withGuard(messages: readonly ConverseMessage[]): ConverseMessage[] {
  const asked = messages.findLastIndex(
    ({ role, content }) => role === "user" && content.some((block) => "text" in block),
  )
  return messages.map(({ role, content }, index) => ({
    role,
    content:
      index !== asked
        ? content
        : [
            ...content.map((block) => ("text" in block ? { guardContent: { text: { text: block.text } } } : block)),
            ...(content.some((block) => "document" in block) ? [besideDocuments] : []),
          ],
  }))
}
