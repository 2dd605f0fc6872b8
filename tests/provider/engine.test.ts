import { createCatalogue } from "@omnichat/core/model/catalogue"
import { ollamaProvider } from "@omnichat/core/provider/ollama/provider"
import { createHttpFetch } from "@omnichat/functions/http-fetch"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { type Engine, engineIsAvailable, startEngine } from "../support/engine.ts"
import { ask, collect, textOf } from "./collect.ts"

if (!engineIsAvailable) console.warn(`There is no build of the engine for ${process.platform}-${process.arch}.`)

describe.runIf(engineIsAvailable)("llama.cpp behind Ollama's wire", () => {
  let engine: Engine
  beforeAll(async () => {
    engine = await startEngine()
  }, 300_000)
  afterAll(() => engine?.stop())

  const provider = () => ollamaProvider({ baseUrl: engine.url, fetch: createHttpFetch() })

  test("streams its sentence token by token", async () => {
    const { events } = await collect(provider(), { model: "scripted", messages: ask("What do you say?"), params: {} })
    expect(textOf(events)).toBe(engine.expectedText)
    expect(events.filter((event) => event.type === "text-delta").length).toBeGreaterThan(10)
    expect(events.at(-1)).toMatchObject({ type: "finish", finishReason: "stop", usage: { outputTokens: 13 } })
  })

  test("stops at the length asked for", async () => {
    const params = { maxOutputTokens: 3 }
    const { events } = await collect(provider(), { model: "scripted", messages: ask("x"), params })
    expect(textOf(events)).toBe("These words come")
    expect(events.at(-1)).toMatchObject({ type: "finish", finishReason: "length" })
  })

  test("is in the catalogue", async () => {
    const source = provider()
    const quiet = () => {}
    const catalogue = createCatalogue({
      sources: () => [source],
      demo: { provider: source, forced: () => false },
      clock: { now: Date.now, sleep: () => new Promise(() => {}) },
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    })
    expect(await catalogue.list()).toEqual([
      {
        id: `ollama/${engine.modelName}`,
        name: "scripted",
        provider: "ollama",
        capabilities: [],
        contextLength: 2_048,
      },
    ])
  })
})
