/** What Bedrock refuses in a request, in its own words where they are known. */

export type SentBlock = {
  text?: string | null
  guardContent?: { text: { text: string } }
  image?: { format: string; source: { bytes: string } }
  document?: { format: string; name: string; source: { bytes: string } }
  toolUse?: { toolUseId: string; name: string; input: unknown }
  toolResult?: {
    toolUseId: string
    content: { text?: string; json?: unknown; cachePoint?: unknown }[]
    status?: string
  }
  reasoningContent?: { reasoningText?: { text?: string | null; signature?: string }; redactedContent?: string }
  cachePoint?: { type: string; ttl?: string }
}
export type SentMessage = { role: string; content: SentBlock[] }
export type Sent = {
  messages: SentMessage[]
  system?: SentBlock[]
  inferenceConfig?: { maxTokens?: number; temperature?: number; topP?: number; stopSequences?: string[] }
  toolConfig?: {
    tools: {
      toolSpec?: { name: string; description?: string; inputSchema: { json: unknown } }
      cachePoint?: { type: string; ttl?: string }
    }[]
    toolChoice?: object
  }
  guardrailConfig?: object
  additionalModelRequestFields?: Record<string, unknown>
}

/** What one model refuses beside that. */
export type Strictness = {
  samplingTogether?: boolean
  prefill?: boolean
  cacheForAnHour?: boolean
}

/** The reason a request is refused for; undefined where there is none. */
export function faultOf(sent: Sent, strict: Strictness = {}): string | undefined {
  return checks.map((check) => check(sent, strict)).find((fault) => fault !== undefined)
}

type Check = (sent: Sent, strict: Strictness) => string | undefined

const blocksOf = ({ messages }: Sent): SentBlock[] => messages.flatMap(({ content }) => content)

const checks: readonly Check[] = [
  function blanks(sent) {
    const isBlank = ({ text }: SentBlock) => text === null || text?.trim() === ""
    const thoughts = blocksOf(sent).map(({ reasoningContent }) => reasoningContent?.reasoningText)
    if (thoughts.some((thought) => thought !== undefined && !thought.text)) {
      return "The text field in the ReasoningContent object is null or empty."
    }
    const isAnyBlank = [...blocksOf(sent), ...(sent.system ?? [])].some(isBlank)
    return isAnyBlank || sent.messages.some(({ content }) => content.length === 0)
      ? "The text field is blank."
      : undefined
  },
  function turns({ messages }, strict) {
    if (messages[0]?.role !== "user") return "A conversation must start with a user message."
    const isTwice = messages.some(({ role }, index) => messages[index - 1]?.role === role)
    if (isTwice) return "A conversation must alternate between user and assistant roles."
    const last = messages.at(-1)
    if (last?.role !== "assistant") return undefined
    if (strict.prefill === true) {
      return "This model does not support assistant message prefill. The conversation must end with a user message."
    }
    const text = last.content.at(-1)?.text ?? ""
    return text === text.trimEnd() ? undefined : "final assistant content cannot end with whitespace"
  },
  function tools({ messages, toolConfig }) {
    const isAnyTool = messages.some(({ content }) => content.some(({ toolUse, toolResult }) => toolUse ?? toolResult))
    if (toolConfig === undefined) {
      return isAnyTool
        ? "The toolConfig field must be defined when using toolUse and toolResult content blocks."
        : undefined
    }
    for (const { toolSpec } of toolConfig.tools) {
      if (toolSpec === undefined) continue
      if (!/^[a-zA-Z0-9_-]{1,64}$/.test(toolSpec.name)) return `The tool name ${toolSpec.name} is not allowed.`
      if (toolSpec.description?.trim() === "") return "The description of a tool is blank."
    }
    for (const [index, { role, content }] of messages.entries()) {
      if (role !== "assistant") continue
      const uses = content.flatMap(({ toolUse }) => toolUse ?? [])
      if (uses.some(({ input }) => typeof input !== "object" || input === null || Array.isArray(input))) {
        return "The format of the value at toolUse.input is invalid. Provide a json object for the field."
      }
      const answered = (messages[index + 1]?.content ?? []).flatMap(({ toolResult }) => toolResult?.toolUseId ?? [])
      const asked = uses.map(({ toolUseId }) => toolUseId)
      if (asked.toSorted().join() !== answered.toSorted().join()) {
        return "Expected toolResult blocks for exactly the toolUse blocks of the previous turn."
      }
    }
    return undefined
  },
  function limit({ inferenceConfig }) {
    return (inferenceConfig?.maxTokens ?? 0) >= 1 ? undefined : "maxTokens is missing, and the quota is used up by it."
  },
  function sampling({ inferenceConfig }, strict) {
    const isBoth = inferenceConfig?.temperature !== undefined && inferenceConfig.topP !== undefined
    return strict.samplingTogether === true && isBoth
      ? "`temperature` and `top_p` cannot both be specified for this model."
      : undefined
  },
  function reserved({ additionalModelRequestFields = {} }) {
    const leaked = ["system", "messages", "modelId", "toolConfig", "inferenceConfig"].find(
      (field) => field in additionalModelRequestFields,
    )
    return leaked === undefined ? undefined : `The additional field ${leaked} conflicts with an existing field.`
  },
  function files({ messages }) {
    for (const { content } of messages) {
      const documents = content.flatMap(({ document }) => document ?? [])
      if (documents.length > 0 && !content.some(({ text }) => text)) return "A document needs a text block beside it."
      if (content.some(({ image }) => (image?.source.bytes.length ?? 0) > 5 * 1024 * 1024)) {
        return "image exceeds 5 MB maximum"
      }
    }
    const names = messages.flatMap(({ content }) => content.flatMap(({ document }) => document?.name ?? []))
    if (new Set(names).size < names.length) return "Documents have the same name."
    const isAllowed = (name: string) => /^[A-Za-z0-9\-()[\]]+( [A-Za-z0-9\-()[\]]+)*$/.test(name)
    return names.every(isAllowed) ? undefined : "The document file name contains characters that are not allowed."
  },
  function cachePoints({ toolConfig, system = [], messages }, strict) {
    const lists = [toolConfig?.tools ?? [], system, ...messages.map(({ content }) => content)]
    const isFirst = lists.some(([first]) => first?.cachePoint !== undefined)
    if (isFirst) return "A cachePoint must follow what it keeps."
    const results = messages.flatMap(({ content }) => content.flatMap(({ toolResult }) => toolResult?.content ?? []))
    if (results.some(({ cachePoint }) => cachePoint !== undefined))
      return "A cachePoint is not allowed in a toolResult."
    const lasting = lists.flat().flatMap(({ cachePoint }) => (cachePoint === undefined ? [] : (cachePoint.ttl ?? "5m")))
    if (lasting.length > 4) return "There are more than 4 cachePoints."
    if (strict.cacheForAnHour === true && lasting.includes("1h")) return "ttl: Extra inputs are not permitted"
    return lasting.lastIndexOf("1h") > lasting.indexOf("5m") && lasting.includes("5m")
      ? "A longer ttl must not come after a shorter one."
      : undefined
  },
]
