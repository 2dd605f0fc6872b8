import type { ModelEvent, ModelRequest } from "@omnichat/core/model/provider"
import { ollamaProvider } from "@omnichat/core/provider/ollama/provider"
import { createHttpFetch } from "@omnichat/local/http-fetch"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { closedAddress } from "../support/model-server.ts"
import { type OllamaStandIn, faultyModels, startOllamaStandIn, usualModels } from "../support/ollama-stand-in.ts"
import { ask, collect, textOf } from "./collect.ts"

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
    const stop = new AbortController()
    const before = server.requests.length
    const seen: ModelEvent[] = []
    const ended = (async () => {
      const request = { model: "silent", messages: ask("x"), params: {} }
      for await (const event of provider().stream(request, stop.signal)) {
        seen.push(event)
        if (textOf(seen).length === 21) stop.abort(new Error("stopped by hand"))
      }
    })()
    await expect(ended).rejects.toThrow("stopped by hand")
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
