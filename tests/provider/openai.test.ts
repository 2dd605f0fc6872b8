import { openaiProvider } from "@omnichat/core/provider/openai/provider"
import { createHttpFetch } from "@omnichat/functions/http-fetch"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { closedAddress } from "../support/model-server.ts"
import { type OpenaiModel, type OpenaiStandIn, startOpenaiStandIn } from "../support/openai-stand-in.ts"
import { ask, collect, leaveAfter, textOf } from "./collect.ts"

const models: OpenaiModel[] = [
  { name: "echo", told: { max_model_len: 8_192 } },
  { name: "thinker", thinking: "Hm, let me see.", thoughtField: "reasoning" },
  { name: "split", bytesPerWrite: 1, lineEnd: "\r\n", text: "Grüße aus Žižkov, 你好, 👩‍🚀" },
  { name: "no-done", endMarks: "finish-reason", finishReason: "length" },
  { name: "no-reason", endMarks: "done" },
  { name: "dies", fault: "die" },
  { name: "garbage", fault: "garbage" },
  { name: "error", fault: "error" },
  { name: "endless", fault: "no-end" },
  { name: "silent", holdAfter: 3 },
  ...[400, 429, 500, 503].map((status) => ({ name: `status-${status}`, status })),
]

let server: OpenaiStandIn
beforeAll(async () => {
  server = await startOpenaiStandIn({ models, apiKey: "sk-right" })
})
afterAll(() => server.close())

describe.each([
  ["node:http", createHttpFetch()],
  ["the global fetch", fetch],
])("an OpenAI-compatible server over %s", (_, fetch) => {
  const provider = (apiKey = "sk-right") => openaiProvider({ baseUrl: server.baseUrl, apiKey, fetch })
  const answer = (model: string) =>
    collect(provider(), { model, messages: ask("Why?"), params: { system: "Be brief." } })

  test("lists its models", async () => {
    const listed = await provider().list(new AbortController().signal)
    expect(listed[0]).toEqual({ id: "echo", name: "echo", capabilities: [], contextLength: 8_192 })
    expect(listed).toHaveLength(models.length)
  })

  test.each([
    ["echo", "stop", "You said: Why? (messages: 1, system: Be brief.)"],
    ["thinker", "stop", "You said: Why? (messages: 1, system: Be brief.)"],
    ["split", "stop", "Grüße aus Žižkov, 你好, 👩‍🚀"],
    ["no-done", "length", "You said: Why? (messages: 1, system: Be brief.)"],
    ["no-reason", "stop", "You said: Why? (messages: 1, system: Be brief.)"],
  ])("the model %s answers and ends by %s", async (model, finishReason, text) => {
    const { events, error } = await answer(model)
    expect(error).toBeUndefined()
    expect(textOf(events)).toBe(text)
    expect(events.at(-1)).toMatchObject({ type: "finish", finishReason, usage: { inputTokens: 11 } })
    expect(events[0]?.type).toBe(model === "thinker" ? "reasoning-start" : "text-start")
  })

  test.each([
    ["dies", "upstream_failed", /broke off/],
    ["garbage", "upstream_failed", /"choices"/],
    ["error", "upstream_failed", /the model runner has died/],
    ["endless", "upstream_failed", /without an end mark/],
    ["status-400", "invalid", /status 400/],
    ["status-429", "model_unavailable", /status 429/],
    ["status-500", "upstream_failed", /status 500/],
    ["status-503", "model_unavailable", /status 503/],
    ["unknown", "model_not_found", /"unknown"/],
  ])("the model %s makes a failed answer: %s", async (model, code, message) => {
    const { events, error } = await answer(model)
    expect(events.some((event) => event.type === "finish")).toBe(false)
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) as string })
  })

  test("a wrong key is said to be wrong, and never shown", async () => {
    const wrong = provider("sk-wrong").list(new AbortController().signal)
    await expect(wrong).rejects.toMatchObject({ code: "model_unavailable", retryable: false })
    await expect(wrong).rejects.not.toThrow(/sk-wrong/)
  })

  test("an aborted answer ends at once, and the server sees the client leave", async () => {
    const before = server.requests.length
    await expect(leaveAfter(provider(), "silent", 21)).rejects.toThrow("stopped by hand")
    expect(await server.requests[before]?.ended).toBe("left")
  })

  test("an address without the version is answered with a hint", async () => {
    const { error } = await collect(openaiProvider({ baseUrl: server.url, fetch }), {
      model: "echo",
      messages: ask("x"),
      params: {},
    })
    expect(error).toMatchObject({ code: "upstream_failed", retryable: false })
  })

  test("nobody at the address is model_unavailable with the address", async () => {
    const baseUrl = `${await closedAddress()}/v1`
    const { error } = await collect(openaiProvider({ baseUrl, fetch }), { model: "m", messages: ask("x"), params: {} })
    expect(error).toMatchObject({ code: "model_unavailable", message: expect.stringContaining(baseUrl) as string })
  })
})
