import type { ModelRequest } from "@omnichat/core/model/provider"
import { ollamaProvider } from "@omnichat/core/provider/ollama/provider"
import { createHttpFetch } from "@omnichat/functions/http-fetch"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { closedAddress, startModelServer } from "../support/model-server.ts"
import {
  type OllamaModel,
  type OllamaStandIn,
  faultyModels,
  startOllamaStandIn,
  usualModels,
} from "../support/ollama-stand-in.ts"
import { ask, collect, leaveAfter, textOf } from "./collect.ts"

let server: OllamaStandIn
beforeAll(async () => {
  server = await startOllamaStandIn({ models: [...usualModels, ...faultyModels] })
})
afterAll(() => server.close())

describe.each([
  ["node:http", createHttpFetch()],
  ["the global fetch", fetch],
])("an Ollama server over %s", (_, fetch) => {
  const provider = () => ollamaProvider({ baseUrl: server.url, fetch })
  const answer = (model: string, more: Partial<ModelRequest> = {}) =>
    collect(provider(), { model, messages: ask("Why is the sky blue?"), params: {}, ...more })

  test("lists its models with their capabilities", async () => {
    const models = await provider().list(new AbortController().signal)
    expect(models.slice(0, 3)).toEqual([
      {
        id: "echo:latest",
        name: "echo",
        capabilities: ["tools"],
        contextLength: 32_768,
        sizeBytes: 2_019_393_189,
        loaded: true,
      },
      {
        id: "thinker:8b",
        name: "thinker:8b",
        capabilities: ["tools", "reasoning"],
        contextLength: 40_960,
        sizeBytes: 5_225_388_164,
        loaded: false,
      },
      {
        id: "seer:4b",
        name: "seer:4b",
        capabilities: ["images"],
        contextLength: 131_072,
        sizeBytes: 3_338_801_804,
        loaded: false,
      },
    ])
  })

  test("answers in a stream", async () => {
    const { events } = await answer("echo")
    expect(textOf(events)).toBe("You said: Why is the sky blue? (messages: 1)")
    expect(events.at(-1)).toMatchObject({ type: "finish", finishReason: "stop", usage: { inputTokens: 11 } })
  })

  test("thinks unless told not to", async () => {
    const types = async (params: ModelRequest["params"]) => (await answer("thinker:8b", { params })).events[0]?.type
    expect(await types({})).toBe("reasoning-start")
    expect(await types({ reasoning: "high" })).toBe("reasoning-start")
    expect(await types({ reasoning: "off" })).toBe("text-start")
  })

  test("splits of lines and characters do not show", async () => {
    expect(textOf((await answer("split")).events)).toBe(faultyModels.find(({ name }) => name === "split:latest")?.text)
  })

  test.each([
    ["dies", "upstream_failed", /broke off/],
    ["garbage", "upstream_failed", /<html>/],
    ["error", "upstream_failed", /the model runner has died/],
    ["endless", "upstream_failed", /without an end mark/],
    ["load", "upstream_failed", /load/],
    ["status-400", "invalid", /status 400/],
    ["status-404", "upstream_failed", /status 404/],
    ["status-429", "model_unavailable", /status 429/],
    ["status-500", "upstream_failed", /status 500/],
    ["status-503", "model_unavailable", /status 503/],
    ["unknown", "model_not_found", /"unknown"/],
  ])("the model %s makes a failed answer: %s", async (model, code, message) => {
    const { events, error } = await answer(model)
    expect(events.some((event) => event.type === "finish")).toBe(false)
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) as string })
  })

  test("an aborted answer ends at once, and the server sees the client leave", async () => {
    const before = server.requests.length
    await expect(leaveAfter(provider(), "silent", 21)).rejects.toThrow("stopped by hand")
    expect(await server.requests[before]?.ended).toBe("left")
  })

  test("a silent answer goes on when the server does", async () => {
    const answered = answer("silent")
    await server.held()
    server.release()
    expect(textOf((await answered).events)).toBe("You said: Why is the sky blue? (messages: 1)")
  })

  test("nobody at the address is model_unavailable with the address", async () => {
    const baseUrl = await closedAddress()
    const away = ollamaProvider({ baseUrl, fetch })
    const { error } = await collect(away, { model: "m", messages: ask("x"), params: {} })
    expect(error).toMatchObject({ code: "model_unavailable", message: expect.stringContaining(baseUrl) as string })
    await expect(away.list(new AbortController().signal)).rejects.toMatchObject({ code: "model_unavailable" })
  })
})

const call = (name: string, input: object) => ({ name, arguments: input })
const weather = { name: "weather", description: "Says how it is.", inputSchema: { properties: { city: {} } } }

describe("what breaks others", () => {
  const provider = (url = server.url) => ollamaProvider({ baseUrl: url, fetch: createHttpFetch() })
  const withStandIn = async (models: OllamaModel[], run: (standIn: OllamaStandIn) => Promise<void>) => {
    const standIn = await startOllamaStandIn({ models, loadsOnAsk: true })
    try {
      await run(standIn)
    } finally {
      await standIn.close()
    }
  }

  test("models 28: tool calls arrive whole, thinking is its own field, counts are in the last line", async () => {
    const caller: OllamaModel = {
      name: "caller:8b",
      capabilities: ["completion", "tools", "thinking"],
      thinking: "I need the weather.",
      text: "I look.",
      toolCalls: [{ id: "call_1", ...call("weather", { city: "Žižkov" }) }, call("weather", {})],
    }
    await withStandIn([caller], async (standIn) => {
      const messages: ModelRequest["messages"] = [
        ...ask("How is it?"),
        {
          role: "assistant",
          content: [
            { type: "text", text: "I ask." },
            { type: "tool-call", id: "a", name: "weather", input: { city: "Brno" } },
          ],
        },
        {
          role: "user",
          content: [{ type: "tool-result", id: "a", name: "weather", output: { sky: "grey" } }],
        },
      ]
      const request = { model: "caller:8b", messages, params: {}, tools: [weather] }
      const { events } = await collect(provider(standIn.url), request)
      const told = events.filter(({ type }) => !type.endsWith("-delta"))
      expect(told).toEqual([
        { type: "reasoning-start", id: "1" },
        { type: "reasoning-end", id: "1" },
        { type: "text-start", id: "2" },
        { type: "text-end", id: "2" },
        { type: "tool-input-start", id: "call_1", toolName: "weather" },
        { type: "tool-input-available", id: "call_1", toolName: "weather", input: { city: "Žižkov" } },
        { type: "tool-input-start", id: expect.stringMatching(/^call_.{36}$/) as string, toolName: "weather" },
        {
          type: "tool-input-available",
          id: expect.stringMatching(/^call_.{36}$/) as string,
          toolName: "weather",
          input: {},
        },
        { type: "finish", finishReason: "tool-calls", usage: { inputTokens: 11, outputTokens: 4 } },
      ])
      expect(textOf(events)).toBe("I look.")
      expect((await standIn.received("/api/chat")).body).toMatchObject({
        messages: [
          { role: "user", content: "How is it?" },
          {
            role: "assistant",
            content: "I ask.",
            tool_calls: [{ function: { name: "weather", arguments: { city: "Brno" } } }],
          },
          { role: "tool", tool_name: "weather", content: '{"sky":"grey"}' },
        ],
        tools: [
          {
            type: "function",
            function: {
              name: "weather",
              description: "Says how it is.",
              parameters: { type: "object", properties: { city: {} } },
            },
          },
        ],
      })
      await collect(provider(standIn.url), { ...request, toolChoice: "none" })
      const { body } = await standIn.received("/api/chat", 2)
      expect(body).not.toHaveProperty("tools")
      expect(body).toMatchObject({
        messages: [
          { role: "user" },
          { role: "assistant", content: 'I ask.\n\n[The tool weather was called with {"city":"Brno"}.]' },
          { role: "user", content: '[The tool weather gave: {"sky":"grey"}]' },
        ],
      })
    })
  })

  test("models 28: a line that only says that the model was loaded is no answer", async () => {
    const { events, error } = await collect(provider(), { model: "load", messages: ask("x"), params: {} })
    expect(events).toEqual([])
    expect(error).toMatchObject({
      code: "upstream_failed",
      message: expect.stringMatching(/only did a load/) as string,
    })
  })

  test("models 29: no question makes the server load its model again, whatever is asked for", async () => {
    await withStandIn([{ name: "echo:latest", capabilities: ["completion", "tools", "thinking"] }], async (standIn) => {
      const asked: Partial<ModelRequest>[] = [
        {},
        { params: { temperature: 0.2, topP: 0.5, seed: 7 } },
        { params: { maxOutputTokens: 4000, stop: ["##"] } },
        { params: { reasoning: "high", system: "Be brief." } },
        { messages: ask("x".repeat(100_000)) },
        { tools: [weather] },
      ]
      for (const more of asked) {
        await collect(provider(standIn.url), { model: "echo", messages: ask("x"), params: {}, ...more })
      }
      expect([standIn.count("/api/chat"), standIn.loads]).toEqual([asked.length, ["echo:latest"]])
      // As those do that send the length they would like.
      const body = JSON.stringify({ model: "echo", messages: [], options: { num_ctx: 8192 } })
      await (await fetch(`${standIn.url}/api/chat`, { method: "POST", body })).text()
      expect(standIn.loads).toEqual(["echo:latest", "echo:latest"])
    })
  })

  test.each([1, 2, 3, 7])("models 30: lines and characters may be cut anywhere, %i bytes at a time", async (size) => {
    const text = 'Grüße, 你好 👩‍🚀 "x"\n'
    const cut = { name: "cut:latest", text, bytesPerWrite: size, thinking: "Žeň …", toolCalls: [call("é", { ü: "ß" })] }
    await withStandIn([{ ...cut, capabilities: ["completion", "thinking", "tools"] }], async (standIn) => {
      const request = { model: "cut", messages: ask("x"), params: {}, tools: [{ ...weather, name: "é" }] }
      const { events } = await collect(provider(standIn.url), request)
      expect(textOf(events)).toBe(text)
      expect(events.find(({ type }) => type === "tool-input-available")).toMatchObject({
        toolName: "é",
        input: { ü: "ß" },
      })
      expect(events.at(-1)).toMatchObject({ type: "finish" })
    })
  })

  test("models 31: a line that cannot be read fails the answer, though a whole one and its end come after it", async () => {
    const lines = [
      '{"message":{"content":"Half"},"done":false}',
      '{"message":{"content":" of it","do',
      '{"message":{"content":" and the rest"},"done":false}',
      '{"message":{"content":""},"done":true,"done_reason":"stop"}',
    ]
    const damaged = await startModelServer({
      "POST /api/chat": ({ response }) => void response.end(lines.map((line) => `${line}\n`).join("")),
    })
    const { events, error } = await collect(provider(damaged.url), { model: "m", messages: ask("x"), params: {} })
    expect(textOf(events)).toBe("Half")
    expect(events.some(({ type }) => type === "finish")).toBe(false)
    expect(error).toMatchObject({ code: "upstream_failed", message: expect.stringContaining(lines[1]!) as string })
    await damaged.close()
  })

  test.each(["dies", "endless"])(
    "models 32: a stream without its end mark is a failure: the model %s",
    async (model) => {
      const { events, error } = await collect(provider(), { model, messages: ask("x"), params: {} })
      expect(textOf(events)).not.toBe("")
      expect(events.some(({ type }) => type === "finish")).toBe(false)
      expect(error).toMatchObject({ code: "upstream_failed", retryable: true })
    },
  )
})

test("an older server tells capabilities only model by model, and is asked once for each version of a model", async () => {
  const older = await startOllamaStandIn({
    models: [...usualModels, { name: "embed:latest", capabilities: ["embedding"] }],
    tagsTellCapabilities: false,
  })
  const provider = ollamaProvider({ baseUrl: older.url, fetch: createHttpFetch() })
  const list = () => provider.list(new AbortController().signal)
  const shows = () => older.requests.filter((request) => request.path === "/api/show").length
  expect((await list()).map(({ id, capabilities, contextLength }) => ({ id, capabilities, contextLength }))).toEqual([
    { id: "echo:latest", capabilities: ["tools"], contextLength: 32_768 },
    { id: "thinker:8b", capabilities: ["tools", "reasoning"], contextLength: 40_960 },
    { id: "seer:4b", capabilities: ["images"], contextLength: 131_072 },
  ])
  expect(shows()).toBe(4)
  await collect(provider, { model: "thinker:8b", messages: ask("x"), params: { reasoning: "off" } })
  await list()
  expect(shows()).toBe(4)
  older.models[0] = { name: "echo:latest", capabilities: ["completion", "vision"], contextLength: 4_096 }
  expect((await list())[0]).toMatchObject({ capabilities: ["images"], contextLength: 4_096 })
  expect(shows()).toBe(5)
  await older.close()
})
