import { expect, test } from "vitest"
import type { Part, ToolPart } from "../protocol/part.ts"
import { messagesOf } from "./context.ts"

const noFiles = () => Promise.reject(new Error("no files here"))
const text = (words: string): Part => ({ type: "text", text: words, state: "done" })
const thought = (words: string): Part => ({ type: "reasoning", text: words, providerMetadata: { p: { seal: "s" } } })
const step: Part = { type: "step-start" }
const call = (toolCallId: string, rest: Partial<ToolPart>): Part => ({
  type: "dynamic-tool",
  toolName: "look_up",
  toolCallId,
  state: "output-available",
  input: { word: "tea" },
  ...rest,
})
const called = (id: string) => ({ type: "tool-call", id, name: "look_up", input: { word: "tea" } })
const gave = (id: string, output: unknown) => ({ type: "tool-result", id, name: "look_up", output })
const failed = (id: string, output: unknown) => ({ ...gave(id, output), isError: true })

test("an answer with calls of tools is its steps and the results in turns, thoughts with their seals", async () => {
  const parts = [
    ...[step, thought("Hm."), text("I look."), call("1", { output: "a drink" }), call("2", { output: { a: 1 } })],
    ...[step, call("3", {})],
    ...[step, thought("Aha."), text("It is a drink.")],
  ]
  const sealed = (text: string) => ({ type: "reasoning", text, providerMetadata: { p: { seal: "s" } } })
  expect(await messagesOf(noFiles, "assistant", parts)).toEqual([
    { role: "assistant", content: [sealed("Hm."), { type: "text", text: "I look." }, called("1"), called("2")] },
    { role: "user", content: [gave("1", "a drink"), gave("2", { a: 1 })] },
    { role: "assistant", content: [called("3")] },
    { role: "user", content: [gave("3", null)] },
    { role: "assistant", content: [sealed("Aha."), { type: "text", text: "It is a drink." }] },
  ])
})

test("a call that came to no end has failed, and one that was still being written is not told", async () => {
  const parts = [
    call("1", { state: "output-error", errorText: "no such word" }),
    call("2", { state: "output-denied" }),
    call("3", { state: "input-available" }),
    call("4", { state: "input-streaming", input: undefined }),
  ]
  expect(await messagesOf(noFiles, "assistant", parts)).toEqual([
    { role: "assistant", content: [called("1"), called("2"), called("3")] },
    {
      role: "user",
      content: [
        failed("1", "no such word"),
        failed("2", "The person did not allow this call."),
        failed("3", "The answer was broken off before the tool was run."),
      ],
    },
  ])
})

test("an answer that has only thought is nothing to go on from", async () => {
  expect(await messagesOf(noFiles, "assistant", [step, thought("Hm."), text("")])).toEqual([])
})
