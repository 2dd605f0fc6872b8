import type { Source } from "@omnichat/core/protocol/settings"
import { expect, test } from "vitest"
import { bedrockCheck, lead, ollamaCheck, openAiCheck } from "./checks.ts"

const ollama = (state: Source["state"], models = 0): Source => ({
  provider: "ollama",
  address: "http://localhost:11434",
  state,
  models: Array.from({ length: models }, (_, index) => ({ id: `m${index}` })),
})

test("the check is green only when there is somebody to talk to", () => {
  expect(ollamaCheck([])).toEqual({ state: "looking", text: "Looking", ready: false })
  expect(ollamaCheck([ollama("silent")])).toEqual({
    state: "looking",
    text: "Looking at localhost:11434",
    ready: false,
  })
  expect(ollamaCheck([ollama("wrong")]).state).toBe("wrong")
  expect(ollamaCheck([ollama("found")])).toEqual({
    state: "found",
    text: "Ollama is here, no models yet",
    ready: false,
  })
  expect(ollamaCheck([ollama("silent"), ollama("found", 3)])).toEqual({
    state: "found",
    text: "Ollama, 3 models",
    ready: true,
  })
})

test("another server is told of as it is", () => {
  const source = { provider: "openai", address: "http://localhost:1234/v1" } as const
  expect(openAiCheck([])).toMatchObject({ state: "none", ready: false })
  expect(openAiCheck([{ ...source, state: "silent", models: [] }]).text).toBe("Looking at localhost:1234/v1")
  expect(openAiCheck([{ ...source, state: "wrong", error: "It wants a key.", models: [] }]).text).toBe(
    "It wants a key.",
  )
  expect(openAiCheck([{ ...source, state: "found", models: [{ id: "a" }] }])).toEqual({
    state: "found",
    text: "1 model",
    ready: true,
  })
})

const bedrock = (more: Partial<Source>): Source => ({
  provider: "bedrock",
  address: "us-east-1",
  state: "found",
  models: [],
  ...more,
})

test("Bedrock's models are counted in their region, and none is the list's doing", () => {
  expect(bedrockCheck([])).toEqual({ state: "looking", text: "Looking", ready: false })
  const models = [{ id: "bedrock/a" }, { id: "bedrock/b" }]
  expect(bedrockCheck([bedrock({ models })])).toEqual({ state: "found", text: "2 models in us-east-1", ready: true })
  expect(bedrockCheck([bedrock({})])).toEqual({
    state: "wrong",
    text: "No models in us-east-1: OMNICHAT_BEDROCK_MODELS leaves none",
    ready: false,
  })
})

test("what is wrong with Bedrock is told as it was said", () => {
  const error = "The security token is expired."
  expect(bedrockCheck([bedrock({ state: "wrong", error })])).toEqual({ state: "wrong", text: error, ready: false })
  expect(bedrockCheck([bedrock({ state: "silent", error })])).toEqual({ state: "looking", text: error, ready: false })
})

test("the first line says where nothing was found", () => {
  expect(lead([ollama("silent")])).toContain("at localhost:11434")
  expect(lead([ollama("found")])).toContain("no model yet")
  expect(lead([ollama("silent"), bedrock({ state: "wrong", error: "No." })])).toContain("Nothing answered")
  expect(lead([ollama("silent"), bedrock({ models: [{ id: "bedrock/a" }] })])).toContain("somebody to talk to")
})
