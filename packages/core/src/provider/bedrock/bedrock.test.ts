import { expect, test } from "vitest"
import { ask, said } from "../../../test/canned-fetch.ts"
import type { ModelEvent, ModelRequest } from "../../model/provider.ts"
import { bedrockProvider } from "./provider.ts"
import type { ConverseEvent, ConverseInput } from "./wire.ts"

const model = { id: "m", name: "M", capabilities: [], maxOutputTokens: 4096 }
const haiku = { ...model, id: "anthropic.claude-3-haiku-20240307-v1:0" }
const text = (text: string, contentBlockIndex = 0): ConverseEvent => ({
  contentBlockDelta: { contentBlockIndex, delta: { text } },
})
const thought = (text: string): ConverseEvent => ({
  contentBlockDelta: { contentBlockIndex: 0, delta: { reasoningContent: { text } } },
})
const blockEnd = (contentBlockIndex = 0): ConverseEvent => ({ contentBlockStop: { contentBlockIndex } })
const stop = (stopReason = "end_turn"): ConverseEvent => ({ messageStop: { stopReason } })
const usage: ConverseEvent = { metadata: { usage: { inputTokens: 5, outputTokens: 2 } } }
const thrown = (name: string, message = "so it is") => Object.assign(new Error(message), { name })

async function answer(events: (ConverseEvent | Error)[], request: Partial<ModelRequest> = {}) {
  const sent: ConverseInput[] = []
  const provider = bedrockProvider({
    models: [model, haiku],
    async *converseStream(input) {
      sent.push(input)
      for (const event of events) {
        if (event instanceof Error) throw event
        yield event
      }
    },
  })
  const told: ModelEvent[] = []
  let error: unknown
  try {
    const asked = { model: "m", messages: ask("Why?"), params: {}, ...request }
    for await (const event of provider.stream(asked, new AbortController().signal)) told.push(event)
  } catch (caught) {
    error = caught
  }
  return { events: told, error, input: sent[0] }
}

test("thoughts and words become blocks, and the usage that comes after the end is told", async () => {
  const { events } = await answer([thought("Hm"), blockEnd(), text("Yes", 1), text("!", 1), blockEnd(1), stop(), usage])
  expect(events).toEqual([
    { type: "reasoning-start", id: "1" },
    { type: "reasoning-delta", id: "1", delta: "Hm" },
    { type: "reasoning-end", id: "1" },
    { type: "text-start", id: "2" },
    { type: "text-delta", id: "2", delta: "Yes" },
    { type: "text-delta", id: "2", delta: "!" },
    { type: "text-end", id: "2" },
    { type: "finish", finishReason: "stop", usage: { inputTokens: 5, outputTokens: 2 } },
  ])
})

test("deltas belong to the block of their index, and blocks that were not ended are ended", async () => {
  const { events } = await answer([text("a"), text("x", 1), text("b"), {}, text(""), stop()])
  expect(events.map((event) => ("id" in event ? `${event.type} ${event.id}` : event.type))).toEqual([
    "text-start 1",
    "text-delta 1",
    "text-start 2",
    "text-delta 2",
    "text-delta 1",
    "text-end 1",
    "text-end 2",
    "finish",
  ])
})

test.each([
  ["end_turn", "stop"],
  ["stop_sequence", "stop"],
  ["max_tokens", "length"],
  ["model_context_window_exceeded", "length"],
  ["content_filtered", "content-filter"],
  ["guardrail_intervened", "content-filter"],
  ["tool_use", "tool-calls"],
  ["something_new", "other"],
])("the stop reason %s is %s", async (stopReason, finishReason) => {
  const { events } = await answer([text("x"), stop(stopReason)])
  expect(events.at(-1)).toEqual({ type: "finish", finishReason, usage: {} })
})

test.each([
  ["an end without its mark", [], /without an end mark/],
  ["a broken-off connection", [Object.assign(new Error("reset"), { code: "ECONNRESET" })], /\(reset\)/],
  ["an exception of the model", [thrown("ModelStreamErrorException")], /so it is/],
  ["a late refusal", [thrown("ValidationException")], /so it is/],
  ["something malformed", [stop("malformed_model_output")], /malformed_model_output/],
])("%s fails the answer and keeps what was said", async (_, rest, named) => {
  const { events, error } = await answer([text("Half of"), ...rest])
  expect(said(events).text).toBe("Half of")
  expect(events.some(({ type }) => type === "finish")).toBe(false)
  expect(error).toMatchObject({ code: "upstream_failed", message: expect.stringMatching(named) as string })
})

test("an answer that has its end mark is complete though the connection breaks after it", async () => {
  const { events, error } = await answer([text("x"), stop(), new Error("reset")])
  expect([error, events.at(-1)?.type]).toEqual([undefined, "finish"])
})

test.each([
  ["ThrottlingException", "model_unavailable", true],
  ["ServiceUnavailableException", "model_unavailable", true],
  ["AccessDeniedException", "model_unavailable", false],
  ["UnrecognizedClientException", "model_unavailable", false],
  ["ResourceNotFoundException", "model_not_found", false],
  ["ValidationException", "invalid", false],
  ["ModelErrorException", "upstream_failed", true],
  ["ModelTimeoutException", "upstream_failed", true],
  ["InternalServerException", "upstream_failed", true],
])("%s is %s", async (name, code, retryable) => {
  const { events, error } = await answer([thrown(name)])
  expect(events).toEqual([])
  expect(error).toMatchObject({ code, retryable, message: expect.stringContaining("so it is") as string })
})

test("a model that is throttled in the middle of an answer is told as that", async () => {
  expect((await answer([text("x"), thrown("ThrottlingException")])).error).toMatchObject({ code: "model_unavailable" })
})

test("says what to do about a model without access, and about one that has only a profile", async () => {
  expect(String((await answer([thrown("AccessDeniedException")])).error)).toMatch(/model catalogue.*accept its terms/)
  const said = "Invocation of model ID m with on-demand throughput isn’t supported."
  expect((await answer([thrown("ValidationException", said)])).error).toMatchObject({
    code: "model_unavailable",
    retryable: false,
    message: expect.stringContaining("inference profile") as string,
  })
})

test("nobody at the endpoint is model_unavailable", async () => {
  const refused = Object.assign(new Error("connect"), { code: "ECONNREFUSED" })
  expect((await answer([refused])).error).toMatchObject({ code: "model_unavailable", retryable: true })
})

test("params are sent under the names of the API, and a limit always", async () => {
  const params = { temperature: 0.5, topP: 0.9, maxOutputTokens: 9, stop: ["##"], seed: 7, system: "Be brief." }
  expect((await answer([stop()], { params, model: haiku.id })).input).toEqual({
    modelId: haiku.id,
    system: [{ text: "Be brief." }],
    messages: [{ role: "user", content: [{ text: "Why?" }] }],
    inferenceConfig: { temperature: 0.5, topP: 0.9, maxTokens: 9, stopSequences: ["##"] },
  })
  const limitOf = async (maxOutputTokens?: number) =>
    (await answer([stop()], { params: maxOutputTokens === undefined ? {} : { maxOutputTokens } })).input
  expect((await limitOf())?.inferenceConfig).toEqual({ maxTokens: 4096 })
  expect((await limitOf(100_000))?.inferenceConfig).toEqual({ maxTokens: 4096 })
})

test("blank messages are left out, and neighbours are one message then", async () => {
  const messages: ModelRequest["messages"] = [
    ...ask("One"),
    { role: "assistant", content: [] },
    ...ask(" \n"),
    ...ask("Two"),
  ]
  expect((await answer([stop()], { messages })).input?.messages).toEqual([
    { role: "user", content: [{ text: "One\n\nTwo" }] },
  ])
})

test("an answer that is gone on from ends without white space, and that is not told twice", async () => {
  const messages: ModelRequest["messages"] = [
    ...ask("Why?"),
    { role: "assistant", content: [{ type: "text", text: "Because \n" }] },
  ]
  const { input, events } = await answer([text(" \nof it \n"), stop()], { messages, model: haiku.id })
  expect(input?.messages.at(-1)).toEqual({ role: "assistant", content: [{ text: "Because" }] })
  expect(said(events).text).toBe("of it \n")
})

test("an unknown model is asked once more without what it refuses: a beginning, and two ways of chance", async () => {
  const refusals = [
    "The conversation must end with a user message.",
    "temperature and top_p cannot both be specified for this model.",
    "`temperature` is deprecated for this model.",
  ]
  const sent: ConverseInput[] = []
  const provider = bedrockProvider({
    models: [model],
    async *converseStream(input) {
      sent.push(input)
      const refusal = refusals.shift()
      if (refusal !== undefined) throw thrown("ValidationException", refusal)
      yield* [text("of it"), stop()]
    },
  })
  const beginning = { role: "assistant" as const, content: [{ type: "text" as const, text: "Because " }] }
  const params = { temperature: 0.5, topP: 0.5 }
  const asked = { model: "m", messages: [...ask("Why?"), beginning], params }
  const events: ModelEvent[] = []
  for await (const event of provider.stream(asked, new AbortController().signal)) events.push(event)
  expect(said(events).text).toBe("of it")
  expect(sent.map(({ messages }) => messages.at(-1)?.role)).toEqual(["assistant", "user", "user", "user"])
  expect(sent.map(({ inferenceConfig: { maxTokens: _limit, ...rest } }) => rest)).toEqual([
    params,
    params,
    { temperature: 0.5 },
    {},
  ])
})

test("what the list does not hold is not asked for", async () => {
  const { error, input } = await answer([stop()], { model: "other" })
  expect([error, input]).toMatchObject([{ code: "model_not_found" }, undefined])
})
