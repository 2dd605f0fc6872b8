import type { Source } from "@omnichat/core/protocol/settings"
import { expect, it } from "vitest"
import { modelsFound } from "./words.ts"

const models = (...ids: string[]) => ids.map((id) => ({ id }))
const ollama: Source = { provider: "ollama", address: "http://a", state: "found", models: models("x", "y") }
const bedrock: Source = { provider: "bedrock", address: "us-east-1", state: "found", models: models("z") }

it("says what was found, a line each", () => {
  expect(modelsFound([ollama, bedrock])).toBe(
    "  Models     2 models of Ollama at http://a\n             1 model of Amazon Bedrock in us-east-1\n\n",
  )
})

it("says what is missing of Amazon Bedrock beside what was found, and when it is all there is", () => {
  const wrong: Source = { ...bedrock, state: "wrong", error: "The credentials have expired.", models: [] }
  expect(modelsFound([ollama, wrong])).toMatch(
    /at http:\/\/a\n {13}none of Amazon Bedrock\. The credentials have expired\.\n/,
  )
  expect(modelsFound([wrong])).toMatch(/^ {2}Models {5}none yet\. The credentials have expired\.\n/)
  expect(modelsFound([{ ...wrong, state: "silent", error: "It does not answer." }])).toContain("It does not answer.")
})

it("says that none of Amazon Bedrock's models is offered", () => {
  expect(modelsFound([{ ...bedrock, models: [] }])).toMatch(
    /none of Amazon Bedrock in us-east-1: OMNICHAT_BEDROCK_MODELS/,
  )
})
