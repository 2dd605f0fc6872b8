import type { Capability } from "../protocol/http.ts"
import type { Params } from "../protocol/frame.ts"

/**
 * What no API tells of a model and everybody has to know: the one table of it, by the model's own name. Rules are read
 * from the top, and each field is taken from the first rule that has it. What no rule says is unknown; who asks the
 * model then does what every model takes.
 */
export type ModelFacts = {
  /** False for models of a list that are for something else: embeddings, speech, pictures. */
  chat?: boolean
  capabilities?: Capability[]
  /** The field that limits an answer's length in the OpenAI API. */
  outputLimit?: "max_tokens" | "max_completion_tokens"
  /** The lowest `reasoning_effort` the OpenAI API takes for it; null for a model that takes none at all. */
  leastReasoning?: "none" | "minimal" | "low" | null
  /** Tokens it reads and writes together. */
  contextLength?: number
  /** Tokens: the most of one answer. */
  maxOutputTokens?: number
  /** Tokens to ask for when nobody names a limit: what is asked for counts against Bedrock's quota, used or not. */
  usualOutputTokens?: number
  /** Whether temperature and topP may be sent, and together. */
  sampling?: "both" | "one" | "none"
  /** Whether it goes on from an assistant's message at the end. */
  prefill?: boolean
  /** Whether it takes a system prompt. */
  system?: boolean
  reasoning?: ReasoningForm
  /** False for a model that gives its answer only whole. */
  streams?: boolean
  /** `whole`: it calls tools only where the answer is not streamed. */
  tools?: "streaming" | "whole" | "none"
  /** Whether it can be made to call a tool, or a certain one. */
  forcedTools?: boolean
  /** Whether a tool's result may be marked as an error. */
  toolErrors?: boolean
  caching?: Caching | null
  images?: ImageLimits | null
  documents?: DocumentLimits | null
  prices?: Prices
  /** The base id of the model that is asked when this one has no room. */
  fallback?: string
  /** True for a model that only inference profiles reach. */
  profileOnly?: boolean
}

type Level = Exclude<Params["reasoning"], "off" | undefined>

/** How a model is told to reason. */
export type ReasoningForm =
  | { kind: "none" }
  /** It does as it likes. */
  | { kind: "fixed" }
  /** Anthropic's `thinking` with a budget of tokens, which come on top of the answer's. */
  | { kind: "budget"; tokens: Record<Level, number> }
  /** Anthropic's adaptive `thinking` with an effort. `lowest`: it cannot be turned off. */
  | { kind: "effort"; off: "disabled" | "lowest" }
  /** Amazon's `reasoningConfig`. */
  | { kind: "nova"; efforts: Record<Level, string> }

export type Caching = {
  /** Tokens: shorter beginnings are not kept. */
  minTokens: number
  /** Whether a cache point may stand after the tools. */
  tools: boolean
  /** Whether it keeps for an hour; five minutes otherwise. */
  hour: boolean
}

/** `bytes` of one in base 64, as it is sent; `count` in one request. */
export type ImageLimits = { bytes: number; count: number }
/** `bytes` and `pdfBytes` of one; `count` in one request. */
export type DocumentLimits = { bytes: number; pdfBytes: number; count: number }

/** Dollars per million tokens, in the United States, through a profile that is not bound to a part of the world. */
export type Prices = {
  input: number
  output: number
  cacheRead?: number
  cacheWrite?: number
  /** For an hour. */
  cacheWriteHour?: number
  /** What all of it is multiplied with where the answer is bound to a region or a part of the world. */
  bound?: number
  /** Over so many tokens of input, all of it is multiplied with this. */
  long?: { over: number; factor: number }
}

const seesAndReasons: Capability[] = ["images", "tools", "reasoning"]

/** Dollars of input and output, and of a cache as Anthropic counts it. */
const anthropicPrices = (input: number, output: number, cacheRead = input / 10): Prices => ({
  input,
  output,
  cacheRead,
  cacheWrite: input * 1.25,
  cacheWriteHour: input * 2,
})
const bound = 1.1
const boundPrices = (...args: Parameters<typeof anthropicPrices>): Prices => ({ ...anthropicPrices(...args), bound })

const megabyte = 1_000_000
// https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-call.html
const usualImages: ImageLimits = { bytes: 5 * 1024 * 1024, count: 20 }
const usualDocuments: DocumentLimits = { bytes: 4.5 * megabyte, pdfBytes: 4.5 * megabyte, count: 5 }
const largePdfs: DocumentLimits = { ...usualDocuments, pdfBytes: 32 * megabyte }

const budgets: ReasoningForm = { kind: "budget", tokens: { low: 2048, medium: 8192, high: 24_576 } }
const adaptive: ReasoningForm = { kind: "effort", off: "disabled" }
const alwaysAdaptive: ReasoningForm = { kind: "effort", off: "lowest" }
/** Anthropic's models that are steered by effort alone: https://platform.claude.com/docs/en/about-claude/models/migration-guide */
const byEffort = { sampling: "none", prefill: false, contextLength: 1_000_000, maxOutputTokens: 128_000 } as const
const fiveMinutes: Caching = { minTokens: 1024, tools: true, hour: false }
const anHour: Caching = { ...fiveMinutes, hour: true }
const fallsBackTo = (model: string) => ({ fallback: model })

const streamed = { tools: "streaming", capabilities: ["tools"] as Capability[] } as const
const seeing = { tools: "streaming", capabilities: ["images", "tools"] as Capability[], images: usualImages } as const
const unstreamed = { tools: "whole", capabilities: ["tools"] as Capability[] } as const
const price = (input: number, output: number) => ({ prices: { input, output } })

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

  // Below: Bedrock's models, by their ids without the part of the world. Anthropic, newest first.
  { names: /\bclaude-(fable|mythos)-5-[1-9]/, prices: boundPrices(10, 50, 0.25) },
  { names: /\bclaude-(fable|mythos)-/, prices: boundPrices(10, 50), ...byEffort },
  { names: /\bclaude-(fable|mythos)-/, reasoning: alwaysAdaptive, forcedTools: false },
  { names: /\bclaude-(fable|mythos)-/, ...fallsBackTo("anthropic.claude-opus-5-5") },
  { names: /\bclaude-opus-5-5/, prices: boundPrices(4, 20, 0.2), ...fallsBackTo("anthropic.claude-opus-5") },
  { names: /\bclaude-sonnet-5-5/, prices: boundPrices(2, 10, 0.1), ...fallsBackTo("anthropic.claude-sonnet-5") },
  {
    names: /\bclaude-haiku-5-5/,
    prices: { ...boundPrices(0.1, 0.5), long: { over: 100_000, factor: 5 } },
    ...fallsBackTo("anthropic.claude-haiku-4-5-20251001-v1:0"),
  },
  { names: /\bclaude-(opus|sonnet)-5-[5-9]/, reasoning: alwaysAdaptive },
  { names: /\bclaude-(opus|sonnet|haiku)-5-[5-9]/, forcedTools: false },
  { names: /\bclaude-opus-5/, prices: boundPrices(5, 25), ...fallsBackTo("anthropic.claude-opus-4-8") },
  { names: /\bclaude-sonnet-5/, prices: boundPrices(2, 10), ...fallsBackTo("anthropic.claude-sonnet-4-6") },
  { names: /\bclaude-(opus|sonnet|haiku)-5/, reasoning: adaptive, ...byEffort },
  { names: /\bclaude-opus-4-[78]/, reasoning: adaptive, ...byEffort, ...fallsBackTo("anthropic.claude-opus-4-6-v1") },
  { names: /\bclaude-opus-4-[5-9]\b/, prices: boundPrices(5, 25) },
  { names: /\bclaude-(opus|sonnet)-4-6/, reasoning: adaptive, prefill: false, caching: fiveMinutes },
  { names: /\bclaude-opus-4-6/, contextLength: 1_000_000, maxOutputTokens: 128_000 },
  { names: /\bclaude-sonnet-4-6/, contextLength: 1_000_000 },
  { names: /\bclaude-opus-4-6/, ...fallsBackTo("anthropic.claude-opus-4-5-20251101-v1:0") },
  { names: /\bclaude-sonnet-4-6/, ...fallsBackTo("anthropic.claude-sonnet-4-5-20250929-v1:0") },
  { names: /\bclaude-(opus|sonnet|haiku)-(4-[5-9]\b|5)/, caching: anHour },
  { names: /\bclaude-(fable|mythos)-/, caching: anHour },
  { names: /\bclaude-haiku-4-5/, prices: boundPrices(1, 5), maxOutputTokens: 64_000 },
  {
    names: /\bclaude-sonnet-4-5/,
    prices: boundPrices(3, 15),
    ...fallsBackTo("anthropic.claude-haiku-4-5-20251001-v1:0"),
  },
  { names: /\bclaude-opus-4-5/, ...fallsBackTo("anthropic.claude-sonnet-4-5-20250929-v1:0") },
  { names: /\bclaude-(opus|sonnet)-4-[56]/, maxOutputTokens: 64_000 },
  { names: /\bclaude-sonnet-4/, prices: anthropicPrices(3, 15), maxOutputTokens: 64_000 },
  { names: /\bclaude-opus-4/, prices: anthropicPrices(15, 75), maxOutputTokens: 32_000 },
  { names: /\bclaude-(opus|sonnet|haiku)-4/, reasoning: budgets, sampling: "one", caching: fiveMinutes },
  { names: /\bclaude-(opus|sonnet|haiku|fable|mythos)-[45]/, documents: largePdfs, profileOnly: true },
  { names: /\bclaude-(opus|sonnet|haiku|fable|mythos)-[45]/, capabilities: seesAndReasons },
  { names: /\bclaude-3-7-sonnet/, reasoning: budgets, capabilities: seesAndReasons, maxOutputTokens: 64_000 },
  { names: /\bclaude-3-7-sonnet/, caching: fiveMinutes, profileOnly: true },
  { names: /\bclaude-3-5-haiku/, caching: { ...fiveMinutes, minTokens: 2048 }, capabilities: ["tools"], images: null },
  {
    names: /\bclaude-3-5-haiku/,
    prices: anthropicPrices(0.8, 4),
    ...fallsBackTo("anthropic.claude-3-haiku-20240307-v1:0"),
  },
  { names: /\bclaude-3-5/, maxOutputTokens: 8192 },
  { names: /\bclaude-3-[57]?-?sonnet/, prices: anthropicPrices(3, 15) },
  { names: /\bclaude-3-haiku/, ...price(0.25, 1.25) },
  { names: /\bclaude-3-opus/, ...price(15, 75) },
  { names: /\bclaude-(v2|instant)/, tools: "none", images: null, documents: usualDocuments, capabilities: [] },
  {
    names: /(^|\.)anthropic\.claude/,
    ...seeing,
    contextLength: 200_000,
    maxOutputTokens: 4096,
    usualOutputTokens: 16_384,
    sampling: "both",
    prefill: true,
    forcedTools: true,
    toolErrors: true,
    documents: usualDocuments,
  },

  // Amazon. Nova 2 takes no limit beside its highest effort, and we always send one.
  { names: /\bnova-(2-)?[\d-]*sonic|\bnova-(canvas|reel)|titan-(image|embed)/, chat: false },
  {
    names: /\bnova-2-(lite|pro)/,
    reasoning: { kind: "nova", efforts: { low: "low", medium: "medium", high: "medium" } },
  },
  { names: /\bnova-2-(lite|pro)/, contextLength: 1_000_000, maxOutputTokens: 64_000, usualOutputTokens: 16_384 },
  { names: /\bnova-2-(lite|pro)/, capabilities: seesAndReasons, prefill: false, profileOnly: true },
  { names: /\bnova-2-lite/, prices: { input: 0.3, output: 2.5, cacheRead: 0.075, cacheWrite: 0.3, bound } },
  { names: /\bnova-2-/, ...fallsBackTo("amazon.nova-lite-v1:0") },
  { names: /\bnova-micro/, images: null, documents: null, capabilities: ["tools"], contextLength: 128_000 },
  { names: /\bnova-micro/, prices: { input: 0.035, output: 0.14, cacheRead: 0.00875, cacheWrite: 0.035 } },
  { names: /\bnova-lite/, prices: { input: 0.06, output: 0.24, cacheRead: 0.015, cacheWrite: 0.06 } },
  { names: /\bnova-lite/, ...fallsBackTo("amazon.nova-micro-v1:0") },
  { names: /\bnova-pro/, prices: { input: 0.8, output: 3.2, cacheRead: 0.2, cacheWrite: 0.8 } },
  { names: /\bnova-pro/, ...fallsBackTo("amazon.nova-lite-v1:0") },
  { names: /\bnova-premier/, ...price(2.5, 12.5), profileOnly: true, contextLength: 1_000_000 },
  { names: /\bnova-premier/, ...fallsBackTo("amazon.nova-pro-v1:0"), maxOutputTokens: 32_000 },
  {
    names: /(^|\.)amazon\.nova/,
    ...seeing,
    contextLength: 300_000,
    maxOutputTokens: 10_000,
    sampling: "both",
    prefill: true,
    forcedTools: true,
    toolErrors: true,
    documents: { ...usualDocuments, pdfBytes: 18 * megabyte },
    caching: { minTokens: 1000, tools: false, hour: false },
  },
  { names: /\btitan-text-premier/, maxOutputTokens: 3072, contextLength: 32_000, ...price(0.5, 1.5) },
  { names: /\btitan-text-express/, maxOutputTokens: 8192, contextLength: 8192, ...price(0.8, 1.6) },
  { names: /\btitan-text-lite/, maxOutputTokens: 4096, contextLength: 4096, ...price(0.3, 0.4) },
  { names: /(^|\.)amazon\.titan/, system: false, tools: "none", documents: usualDocuments, sampling: "both" },

  // Meta.
  {
    names: /\bllama4-scout/,
    ...price(0.17, 0.66),
    contextLength: 3_500_000,
    fallback: "meta.llama3-3-70b-instruct-v1:0",
  },
  {
    names: /\bllama4-maverick/,
    ...price(0.24, 0.97),
    contextLength: 1_000_000,
    fallback: "meta.llama4-scout-17b-instruct-v1:0",
  },
  { names: /\bllama4-/, ...unstreamed, images: usualImages, capabilities: ["images", "tools"], maxOutputTokens: 8192 },
  {
    names: /\bllama3-2-(11|90)b/,
    ...unstreamed,
    images: { ...usualImages, count: 1 },
    capabilities: ["images", "tools"],
  },
  { names: /\bllama3-3-70b/, ...unstreamed, ...price(0.72, 0.72), fallback: "meta.llama3-1-70b-instruct-v1:0" },
  { names: /\bllama3-1-405b/, ...unstreamed, ...price(2.4, 2.4), fallback: "meta.llama3-3-70b-instruct-v1:0" },
  { names: /\bllama3-1-70b/, ...unstreamed, ...price(0.72, 0.72), fallback: "meta.llama3-1-8b-instruct-v1:0" },
  { names: /\bllama3-1-8b/, ...unstreamed, ...price(0.22, 0.22) },
  { names: /\bllama(3-[23]|4)-/, profileOnly: true },
  { names: /\bllama3-[123]-/, contextLength: 128_000, maxOutputTokens: 8192 },
  { names: /\bllama3-70b/, ...price(2.65, 3.5) },
  { names: /\bllama3-8b/, ...price(0.3, 0.6) },
  { names: /\bllama3-(70|8)b/, contextLength: 8192, maxOutputTokens: 2048 },
  { names: /(^|\.)meta\.llama/, tools: "none", sampling: "both", documents: usualDocuments },

  // Mistral. The first ones take no system prompt; the ones before 2025 call tools only where nothing is streamed.
  { names: /\bmistral-7b|\bmixtral-8x7b/, system: false, tools: "none", contextLength: 32_000, maxOutputTokens: 4096 },
  { names: /\bmistral-7b/, maxOutputTokens: 8192, ...price(0.15, 0.2) },
  { names: /\bmixtral-8x7b/, ...price(0.45, 0.7) },
  { names: /\bmistral-(large|small)-24/, ...unstreamed, forcedTools: true, maxOutputTokens: 8192 },
  { names: /\bmistral-large-2402/, ...price(4, 12), contextLength: 32_000 },
  { names: /\bmistral-large-2407/, ...price(2, 6), contextLength: 128_000 },
  { names: /\bmistral-small-2402/, ...price(1, 3), contextLength: 32_000 },
  { names: /\bpixtral-large/, ...unstreamed, images: usualImages, capabilities: ["images", "tools"], ...price(2, 6) },
  { names: /\bpixtral-large/, profileOnly: true, contextLength: 128_000, maxOutputTokens: 8192 },
  {
    names: /\bmistral-large-3/,
    ...seeing,
    ...price(0.5, 1.5),
    contextLength: 256_000,
    fallback: "mistral.ministral-3-14b-instruct",
  },
  {
    names: /\bmagistral-small/,
    ...seeing,
    capabilities: seesAndReasons,
    reasoning: { kind: "fixed" },
    ...price(0.5, 1.5),
  },
  { names: /\bministral-3-14b/, ...price(0.2, 0.2), fallback: "mistral.ministral-3-8b-instruct" },
  { names: /\bministral-3-8b/, ...price(0.15, 0.15) },
  { names: /\bministral-3-/, ...seeing },
  { names: /\b(magistral|ministral)-|\bmistral-large-3/, contextLength: 128_000, maxOutputTokens: 8192 },
  { names: /(^|\.)mistral\./, ...streamed, sampling: "both", documents: usualDocuments },

  // Cohere, AI21, DeepSeek.
  { names: /\bcohere\.command-(text|light)|\bai21\.j2/, chat: false },
  { names: /\bcommand-r-plus/, ...price(3, 15), fallback: "cohere.command-r-v1:0" },
  { names: /\bcommand-r-v1/, ...price(0.5, 1.5) },
  { names: /(^|\.)cohere\.command-r/, ...streamed, contextLength: 128_000, maxOutputTokens: 4096 },
  { names: /(^|\.)cohere\.command-r/, sampling: "both", documents: usualDocuments },
  { names: /\bjamba-instruct/, tools: "none", capabilities: [], contextLength: 70_000, ...price(0.5, 0.7) },
  { names: /\bjamba-1-5-large/, ...price(2, 8), fallback: "ai21.jamba-1-5-mini-v1:0" },
  { names: /\bjamba-1-5-mini/, ...price(0.2, 0.4) },
  { names: /(^|\.)ai21\.jamba/, ...streamed, contextLength: 256_000, maxOutputTokens: 4096, sampling: "both" },
  {
    names: /\bdeepseek\.r1/,
    tools: "none",
    capabilities: ["reasoning"],
    reasoning: { kind: "fixed" },
    profileOnly: true,
  },
  {
    names: /\bdeepseek\.r1/,
    ...price(1.35, 5.4),
    contextLength: 128_000,
    maxOutputTokens: 32_768,
    documents: usualDocuments,
  },
  { names: /\bdeepseek\.r1/, usualOutputTokens: 16_384, fallback: "deepseek.v3-v1:0" },
  { names: /\bdeepseek\.v3\.2/, ...price(0.62, 1.85), fallback: "deepseek.v3-v1:0" },
  { names: /\bdeepseek\.v3-v1/, ...price(0.58, 1.68) },
  { names: /(^|\.)deepseek\./, ...streamed, contextLength: 163_840, maxOutputTokens: 32_768, sampling: "both" },

  { names: /(^|\.)(amazon\.titan|meta\.|mistral\.|cohere\.|ai21\.|deepseek\.)/, prefill: false },

  // Others that are known to call tools while they stream.
  { names: /(^|\.)(qwen|moonshot(ai)?|minimax|zai|nvidia|xai)\.|(^|\.)openai\.gpt-/, ...streamed },
]

/** What the table says of a model; the part of the world before an id makes no difference. */
export function modelFacts(name: string): ModelFacts {
  const lower = name.toLowerCase()
  const facts: ModelFacts = {}
  for (const { names, ...rule } of rules) if (names.test(lower)) Object.assign(facts, { ...rule, ...facts })
  return facts
}
