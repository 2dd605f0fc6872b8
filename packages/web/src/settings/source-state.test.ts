import type { Source } from "@omnichat/core/protocol/settings"
import { expect, test } from "vitest"
import { stateOf } from "./source-state.ts"

const told = (provider: Source["provider"], state: Source["state"], count = 0) => {
  const { mark, text } = stateOf({ provider, state, models: Array.from({ length: count }, () => ({ id: "a" })) })
  return `${mark} ${text}`
}

test("a server is told of as it is", () => {
  expect(stateOf(undefined)).toEqual({ mark: "alive", text: "Looking" })
  expect([told("ollama", "found", 1), told("openai", "found", 3)]).toEqual(["good 1 model", "good 3 models"])
  expect(told("ollama", "found")).toBe("good Found, no models yet")
  expect(told("ollama", "wrong")).toBe("bad Something else answers")
})

test("Bedrock is never somebody else, and gets no models by itself", () => {
  expect(told("bedrock", "found", 2)).toBe("good 2 models")
  expect(told("bedrock", "found")).toBe("bad No models")
  expect(told("bedrock", "wrong")).toBe("bad Cannot be asked")
  expect(told("bedrock", "silent")).toBe("none Does not answer")
})
