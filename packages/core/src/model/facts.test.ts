import { expect, test } from "vitest"
import { modelFacts } from "./facts.ts"

/** Ids of Bedrock as its lists have them, in the families the service is for. */
const ids = [
  "anthropic.claude-fable-5-1",
  "anthropic.claude-opus-5-5",
  "anthropic.claude-opus-5",
  "anthropic.claude-sonnet-5-5",
  "anthropic.claude-sonnet-5",
  "anthropic.claude-haiku-5-5",
  "anthropic.claude-opus-4-8",
  "anthropic.claude-opus-4-7",
  "anthropic.claude-opus-4-6-v1",
  "anthropic.claude-sonnet-4-6",
  "anthropic.claude-opus-4-5-20251101-v1:0",
  "anthropic.claude-sonnet-4-5-20250929-v1:0",
  "anthropic.claude-haiku-4-5-20251001-v1:0",
  "anthropic.claude-opus-4-1-20250805-v1:0",
  "anthropic.claude-sonnet-4-20250514-v1:0",
  "anthropic.claude-3-7-sonnet-20250219-v1:0",
  "anthropic.claude-3-5-haiku-20241022-v1:0",
  "anthropic.claude-3-haiku-20240307-v1:0",
  "amazon.nova-micro-v1:0",
  "amazon.nova-lite-v1:0",
  "amazon.nova-pro-v1:0",
  "amazon.nova-premier-v1:0",
  "amazon.nova-2-lite-v1:0",
  "amazon.titan-text-express-v1",
  "amazon.titan-text-lite-v1",
  "amazon.titan-text-premier-v1:0",
  "meta.llama3-8b-instruct-v1:0",
  "meta.llama3-1-405b-instruct-v1:0",
  "meta.llama3-3-70b-instruct-v1:0",
  "meta.llama4-scout-17b-instruct-v1:0",
  "meta.llama4-maverick-17b-instruct-v1:0",
  "mistral.mistral-7b-instruct-v0:2",
  "mistral.mixtral-8x7b-instruct-v0:1",
  "mistral.mistral-large-2402-v1:0",
  "mistral.mistral-large-3-675b-instruct",
  "mistral.pixtral-large-2502-v1:0",
  "mistral.ministral-3-8b-instruct",
  "cohere.command-r-v1:0",
  "cohere.command-r-plus-v1:0",
  "ai21.jamba-1-5-large-v1:0",
  "ai21.jamba-1-5-mini-v1:0",
  "deepseek.r1-v1:0",
  "deepseek.v3-v1:0",
  "deepseek.v3.2",
]

test.each(ids)("%s is in the table, also by the profiles of every part of the world", (id) => {
  const facts = modelFacts(id)
  expect(facts).toMatchObject({
    contextLength: expect.any(Number) as number,
    maxOutputTokens: expect.any(Number) as number,
    prices: { input: expect.any(Number) as number, output: expect.any(Number) as number },
    sampling: expect.any(String) as string,
    tools: expect.any(String) as string,
    prefill: expect.any(Boolean) as boolean,
  })
  expect(facts.chat).not.toBe(false)
  for (const part of ["us", "eu", "apac", "jp", "au", "us-gov", "global"]) {
    expect(modelFacts(`${part}.${id}`)).toEqual(facts)
  }
})

test("a fallback is in the table itself, is another model, and following it comes to an end", () => {
  for (const id of ids) {
    const seen = new Set([id])
    for (let next = modelFacts(id).fallback; next !== undefined; next = modelFacts(next).fallback) {
      expect(modelFacts(next).maxOutputTokens).toBeDefined()
      expect(seen).not.toContain(next)
      seen.add(next)
    }
  }
})

test.each([
  ["anthropic.claude-opus-5-5", { sampling: "none", prefill: false, reasoning: { kind: "effort", off: "lowest" } }],
  ["anthropic.claude-opus-5", { sampling: "none", reasoning: { kind: "effort", off: "disabled" }, forcedTools: true }],
  ["anthropic.claude-haiku-5-5", { reasoning: { kind: "effort", off: "disabled" }, forcedTools: false }],
  ["anthropic.claude-sonnet-4-6", { sampling: "one", prefill: false, caching: { hour: false } }],
  [
    "anthropic.claude-sonnet-4-5-20250929-v1:0",
    { prefill: true, reasoning: { kind: "budget" }, caching: { hour: true } },
  ],
  ["anthropic.claude-sonnet-4-20250514-v1:0", { caching: { hour: false }, documents: { pdfBytes: 32_000_000 } }],
  ["anthropic.claude-3-5-sonnet-20241022-v2:0", { sampling: "both", documents: { pdfBytes: 4_500_000 } }],
  ["amazon.nova-micro-v1:0", { images: null, caching: { tools: false } }],
  ["meta.llama4-scout-17b-instruct-v1:0", { tools: "whole", profileOnly: true }],
  ["mistral.mistral-7b-instruct-v0:2", { system: false, tools: "none" }],
  ["deepseek.r1-v1:0", { tools: "none", reasoning: { kind: "fixed" } }],
])("what decides how %s is asked", (id, expected) => {
  expect(modelFacts(id)).toMatchObject(expected)
})

test.each([
  "amazon.titan-embed-text-v2:0",
  "amazon.nova-canvas-v1:0",
  "amazon.nova-2-sonic-v1:0",
  "cohere.rerank-v3-5:0",
])("%s is not for chatting", (id) => {
  expect(modelFacts(id).chat).toBe(false)
})

test("an unknown id has no facts, so that what is safe stands", () => {
  expect(modelFacts("newvendor.model-v1:0")).toEqual({})
})
