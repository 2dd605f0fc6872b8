import type { ModelEvent } from "@omnichat/core/model/provider"
import { bedrockProvider } from "@omnichat/core/provider/bedrock/provider"
import { createConverseStream } from "@omnichat/functions/aws/bedrock"
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest"
import { startBedrockStandIn } from "../support/bedrock-stand-in.ts"
import type { BedrockModel, BedrockStandIn } from "../support/bedrock-stand-in.ts"
import { closedAddress } from "../support/model-server.ts"
import { testCredentials } from "../support/sigv4.ts"
import { ask, collect, textOf } from "./collect.ts"

/** Through AWS's own client, configured as in a function: by its environment. */

const models: BedrockModel[] = [
  { id: "echo" },
  { id: "eu.vendor.thinker-v1:0", thinking: "Hm, let me see." },
  { id: "split", bytesPerWrite: 1, text: "Grüße aus Žižkov, 你好, 👩‍🚀" },
  { id: "cut-short", finishReason: "max_tokens", withoutUsage: true },
  { id: "dies", fault: "die" },
  { id: "garbage", fault: "garbage" },
  { id: "error", fault: "error" },
  { id: "fails-at-once", fault: "error", faultAfter: 0 },
  { id: "throttled", fault: "error", exception: "throttlingException" },
  { id: "endless", fault: "no-end" },
  { id: "silent", holdAfter: 3 },
  ...[400, 403, 404, 408, 424, 429, 500, 503].map((status) => ({ id: `status-${status}`, status })),
]

let server: BedrockStandIn
beforeAll(async () => {
  server = await startBedrockStandIn({ models })
  vi.stubEnv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", server.url)
  vi.stubEnv("AWS_ACCESS_KEY_ID", testCredentials.accessKeyId)
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", testCredentials.secretAccessKey)
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await server.close()
})

const provider = () =>
  bedrockProvider({
    models: [...models, { id: "unknown" }].map(({ id }) => ({ id, name: id, capabilities: [], maxOutputTokens: 4096 })),
    converseStream: createConverseStream({ region: "eu-central-1" }),
  })
const answer = (model: string) => collect(provider(), { model, messages: ask("Why?"), params: { system: "Be brief." } })

describe("Bedrock", () => {
  test.each([
    ["echo", "stop", "You said: Why? (messages: 1, system: Be brief.)"],
    ["eu.vendor.thinker-v1:0", "stop", "You said: Why? (messages: 1, system: Be brief.)"],
    ["split", "stop", "Grüße aus Žižkov, 你好, 👩‍🚀"],
    ["cut-short", "length", "You said: Why? (messages: 1, system: Be brief.)"],
  ])("the model %s answers and ends by %s", async (model, finishReason, text) => {
    const { events, error } = await answer(model)
    expect(error).toBeUndefined()
    expect(textOf(events)).toBe(text)
    const usage = model === "cut-short" ? {} : { inputTokens: 11, outputTokens: expect.any(Number) as number }
    expect(events.at(-1)).toEqual({ type: "finish", finishReason, usage })
    expect(events[0]?.type).toBe(model.includes("thinker") ? "reasoning-start" : "text-start")
  })

  test("is asked as its API wants it, with a limit", async () => {
    const before = server.requests.length
    await answer("eu.vendor.thinker-v1:0")
    const { path, body, headers } = server.requests[before] ?? {}
    expect(path).toBe("/model/eu.vendor.thinker-v1%3A0/converse-stream")
    expect(headers?.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE\/.*\/bedrock\//)
    expect(body).toEqual({
      system: [{ text: "Be brief." }],
      messages: [{ role: "user", content: [{ text: "Why?" }] }],
      inferenceConfig: { maxTokens: 4096 },
    })
  })

  test.each([
    ["dies", "upstream_failed", /broke off in the middle/],
    ["garbage", "upstream_failed", /broke off in the middle/],
    ["error", "upstream_failed", /the model runner has died/],
    ["throttled", "model_unavailable", /the model runner has died/],
    ["endless", "upstream_failed", /without an end mark/],
  ])("the model %s makes a failed answer, and what it said is kept: %s", async (model, code, message) => {
    const { events, error } = await answer(model)
    expect(textOf(events)).not.toBe("")
    expect(events.some((event) => event.type === "finish")).toBe(false)
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) as string })
  })

  test.each([
    ["fails-at-once", "upstream_failed", /the model runner has died/],
    ["status-400", "invalid", /status 400/],
    ["status-403", "model_unavailable", /model catalogue/],
    ["status-404", "model_not_found", /status 404/],
    ["status-408", "upstream_failed", /status 408/],
    ["status-424", "upstream_failed", /status 424/],
    ["status-429", "model_unavailable", /status 429/],
    ["status-500", "upstream_failed", /status 500/],
    ["status-503", "model_unavailable", /status 503/],
    ["unknown", "model_not_found", /does not exist/],
  ])("the model %s gives no answer: %s", async (model, code, message) => {
    const { events, error } = await answer(model)
    expect(events).toEqual([])
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) as string })
  })

  test("an aborted answer ends at once, and the server sees the client leave", async () => {
    const stop = new AbortController()
    const before = server.requests.length
    const seen: ModelEvent[] = []
    const ended = (async () => {
      for await (const event of provider().stream({ model: "silent", messages: ask("x"), params: {} }, stop.signal)) {
        seen.push(event)
        if (textOf(seen).length === 21) stop.abort(new Error("stopped by hand"))
      }
    })()
    await expect(ended).rejects.toThrow("stopped by hand")
    expect(await server.requests[before]?.ended).toBe("left")
  })

  test("an answer that nobody reads on is no longer asked for", async () => {
    const before = server.requests.length
    const signal = new AbortController().signal
    for await (const event of provider().stream({ model: "silent", messages: ask("x"), params: {} }, signal)) {
      if (event.type === "text-delta") break
    }
    expect(await server.requests[before]?.ended).toBe("left")
  })

  test("nobody at the endpoint is model_unavailable", async () => {
    vi.stubEnv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", await closedAddress())
    const { error } = await answer("echo")
    vi.stubEnv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", server.url)
    expect(error).toMatchObject({
      code: "model_unavailable",
      message: expect.stringContaining("ECONNREFUSED") as string,
    })
  })
})
