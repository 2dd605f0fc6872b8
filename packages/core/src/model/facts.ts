import type { Capability } from "../protocol/http.ts"

/**
 * What no API tells of a model and everybody has to know: the one table of it, by the model's own name. Rules are read
 * from the top, and each field is taken from the first rule that has it.
 */
export type ModelFacts = {
  /** False for models of a list that are for something else: embeddings, speech, pictures. */
  chat?: boolean
  capabilities?: Capability[]
  /** The field that limits an answer's length in the OpenAI API. */
  outputLimit?: "max_tokens" | "max_completion_tokens"
  /** The lowest `reasoning_effort` the OpenAI API takes for it; null for a model that takes none at all. */
  leastReasoning?: "none" | "minimal" | "low" | null
}

const seesAndReasons: Capability[] = ["images", "tools", "reasoning"]

const rules: readonly (ModelFacts & { names: RegExp })[] = [
  { names: /embed|whisper|\btts\b|dall-e|moderation|transcribe|realtime|rerank|\bsora\b|gpt-image/, chat: false },
  { names: /^(babbage|davinci|text-)/, chat: false },
  // https://platform.openai.com/docs/guides/reasoning: since gpt-5.1 reasoning can be turned off.
  {
    names: /(^|\/)gpt-5\.\d/,
    outputLimit: "max_completion_tokens",
    leastReasoning: "none",
    capabilities: seesAndReasons,
  },
  {
    names: /(^|\/)gpt-5/,
    outputLimit: "max_completion_tokens",
    leastReasoning: "minimal",
    capabilities: seesAndReasons,
  },
  { names: /(^|\/)o[134](-|$)/, outputLimit: "max_completion_tokens", leastReasoning: "low" },
  { names: /(^|\/)o3-mini/, capabilities: ["tools", "reasoning"] },
  { names: /(^|\/)o[134](-|$)/, capabilities: seesAndReasons },
  { names: /(^|\/)gpt-4(o|\.1)/, capabilities: ["images", "tools"], leastReasoning: null },
  { names: /(^|\/)gpt-(4|3\.5)/, capabilities: ["tools"], leastReasoning: null },
  { names: /(^|\/)gpt-oss/, capabilities: ["tools", "reasoning"], leastReasoning: "low" },
]

export function modelFacts(name: string): ModelFacts {
  const lower = name.toLowerCase()
  const facts: ModelFacts = {}
  for (const { names, ...rule } of rules) if (names.test(lower)) Object.assign(facts, { ...rule, ...facts })
  return facts
}
