import type { ModelContent, ModelMessage } from "../../model/provider.ts"
import { callAsText, outputAsText, resultAsText } from "../content.ts"
import { withFileBlocks } from "./files.ts"
import type { PreparedContent, PreparedMessage } from "./files.ts"
import type { BedrockFacts } from "./model.ts"
import { thoughtBlock } from "./reasoning.ts"
import { objectOf, plainName } from "./tools.ts"
import type { ToolNames } from "./tools.ts"
import type { ContentBlock, ConverseMessage } from "./wire.ts"

export type MessageRules = {
  model: string
  facts: BedrockFacts
  names: ToolNames
  /** Without bound tools, calls and results are told as text: Bedrock refuses them then. */
  bound: boolean
}

/**
 * A chat as Bedrock takes it: a user's message first, then in turns, no blank text, every call followed by its result.
 *
 * Thoughts are given back only while the answer they belong to is still being made, from one call of a tool to the next.
 * Older ones help little, and newer models refuse them as soon as anything before them has changed. @throws OmniError
 */
export function wireMessages(messages: readonly ModelMessage[], rules: MessageRules): ConverseMessage[] {
  const prepared = withFileBlocks(messages, rules.facts, rules.model)
  const merged = inTurns(prepared, (a, b) => ({ role: a.role, content: [...a.content, ...b.content] }))
  const unfinished = firstOfUnfinished(merged)
  const wired = merged
    .map(({ role, content }, index): ConverseMessage => {
      const blocks = content.flatMap((part) => blocksOf(part, index >= unfinished, rules))
      return { role, content: role === "user" ? resultsFirst(joinTexts(blocks, "\n\n")) : joinTexts(blocks, "") }
    })
    .map(({ role, content }) => ({
      role,
      content: content.filter((block) => !("text" in block && isBlank(block.text))),
    }))
    .filter(({ content }) => content.length > 0)
  const turns = inTurns(wired, (a, b) => ({ role: a.role, content: joinTexts([...a.content, ...b.content], "\n\n") }))
  if (turns[0]?.role === "assistant") turns.unshift({ role: "user", content: [{ text: "(The chat begins.)" }] })
  return paired(turns).map(withWords)
}

function blocksOf(part: PreparedContent, inLoop: boolean, rules: MessageRules): ContentBlock[] {
  switch (part.type) {
    case "text":
      return [{ text: part.text }]
    case "block":
      return [part.block]
    case "reasoning": {
      const thought = inLoop && rules.bound ? thoughtBlock(part, rules.model) : undefined
      return thought === undefined ? [] : [{ reasoningContent: thought }]
    }
    case "tool-call": {
      const { id, name, input } = part
      if (!rules.bound) return [{ text: `\n\n${callAsText(part)}\n\n` }]
      return [{ toolUse: { toolUseId: plainName(id), name: rules.names.theirs(name), input: objectOf(input) } }]
    }
    case "tool-result":
      return rules.bound ? [resultBlock(part, rules.facts)] : [{ text: resultAsText(part) }]
  }
}

const resultBlock = (
  { id, output, isError }: Extract<ModelContent, { type: "tool-result" }>,
  { toolErrors }: BedrockFacts,
): ContentBlock => ({
  toolResult: {
    toolUseId: plainName(id),
    content: [{ text: outputAsText(output) }],
    ...(isError === true && toolErrors ? { status: "error" } : {}),
  },
})

/** Where the answer begins that waits for results of tools; beyond the end where none does. */
function firstOfUnfinished(messages: readonly PreparedMessage[]): number {
  const before = messages.findLastIndex(
    ({ role, content }) => role === "user" && !content.some(({ type }) => type === "tool-result"),
  )
  return before + 1
}

/** Neighbours of the same role are one. */
function inTurns<M extends { role: string }>(messages: readonly M[], join: (a: M, b: M) => M): M[] {
  const turns: M[] = []
  for (const message of messages) {
    const previous = turns.at(-1)
    if (previous?.role === message.role) turns[turns.length - 1] = join(previous, message)
    else turns.push(message)
  }
  return turns
}

/** Pieces of an answer are one stream of words; what a person put together are separate things. */
function joinTexts(blocks: readonly ContentBlock[], between: string): ContentBlock[] {
  const joined: ContentBlock[] = []
  for (const block of blocks) {
    const previous = joined.at(-1)
    if (previous === undefined || !("text" in previous) || !("text" in block)) joined.push(block)
    else {
      const texts = between === "" ? [previous.text, block.text] : [previous.text, block.text].filter(isSaid)
      joined[joined.length - 1] = { text: texts.join(between) }
    }
  }
  return joined
}

const resultsFirst = (blocks: readonly ContentBlock[]): ContentBlock[] => [
  ...blocks.filter((block) => "toolResult" in block),
  ...blocks.filter((block) => !("toolResult" in block)),
]

/** Adds a result for each call that has none, as after a stop, and takes out results of no call. */
function paired(turns: readonly ConverseMessage[]): ConverseMessage[] {
  const whole: ConverseMessage[] = []
  for (const [index, turn] of turns.entries()) {
    const called = callsOf(turns[index - 1])
    if (turn.role === "assistant") {
      whole.push(turn)
      if (index === turns.length - 1 && callsOf(turn).size > 0)
        whole.push({ role: "user", content: lost(callsOf(turn)) })
      continue
    }
    const results = turn.content.filter((block) => "toolResult" in block)
    const known = results.filter(({ toolResult }) => called.delete(toolResult.toolUseId))
    const strays = results
      .filter((block) => !known.includes(block))
      .map(({ toolResult }) => ({ text: `[A tool gave: ${toolResult.content.map(({ text }) => text).join("\n")}]` }))
    const rest = turn.content.filter((block) => !("toolResult" in block))
    whole.push({ role: "user", content: [...known, ...lost(called), ...joinTexts([...strays, ...rest], "\n\n")] })
  }
  return whole
}

function callsOf(turn: ConverseMessage | undefined): Set<string> {
  if (turn?.role !== "assistant") return new Set()
  return new Set(turn.content.flatMap((block) => ("toolUse" in block ? block.toolUse.toolUseId : [])))
}

const lost = (calls: ReadonlySet<string>): ContentBlock[] =>
  [...calls].map((toolUseId) => ({ toolResult: { toolUseId, content: [{ text: "The tool was not run." }] } }))

/** Bedrock takes no document without words beside it. */
export const besideDocuments: ContentBlock = { text: "These are the files." }

function withWords(turn: ConverseMessage): ConverseMessage {
  const { role, content } = turn
  const isWordless = content.some((block) => "document" in block) && !content.some((block) => "text" in block)
  return isWordless ? { role, content: [...content, besideDocuments] } : turn
}

const isBlank = (text: string): boolean => text.trim() === ""
const isSaid = (text: string): boolean => !isBlank(text)
