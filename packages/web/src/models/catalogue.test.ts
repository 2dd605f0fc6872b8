import type { Client } from "@omnichat/client/client"
import type { ModelSummary } from "@omnichat/core/protocol/http"
import type { Source } from "@omnichat/core/protocol/settings"
import { describe, expect, test } from "vitest"
import { modelAt, wishFor } from "../chat/desk.ts"
import type { App } from "../runtime/app.ts"
import { plainHolder } from "../runtime/holder.ts"
import { createKeep } from "../runtime/keep.ts"
import { createCatalogue } from "./catalogue.ts"

const model = (name: string, thinks = false): ModelSummary => ({
  id: `ollama/${name}`,
  name,
  provider: "ollama",
  capabilities: thinks ? ["reasoning"] : [],
})

function setUp(keep = createKeep(), defaultModel: string | null = null, loaded: string[] = []) {
  let models: ModelSummary[] = [model("first"), model("second"), model("thinker", true)]
  let sources: Source[] = [
    {
      provider: "ollama",
      address: "http://a:1",
      state: "found",
      models: models.map(({ name }) => ({ id: name, loaded: loaded.includes(name) })),
    },
  ]
  const asked: string[] = []
  const http = {
    models: () => {
      asked.push("models")
      return Promise.resolve({ models })
    },
    sources: () => Promise.resolve({ sources }),
    settings: () => Promise.resolve({ defaultModel: { value: defaultModel, fixed: false } }),
  }
  const catalogue = createCatalogue({ http } as unknown as Client, keep, plainHolder)
  const app = { catalogue } as unknown as App
  return {
    catalogue,
    app,
    keep,
    asked,
    found: (source: Source, ...more: ModelSummary[]) => {
      sources = [source]
      models = [...models, ...more]
    },
  }
}

describe("who answers", () => {
  test("in a new chat: who was chosen for it, else the default, else who was chosen last", async () => {
    const keep = createKeep()
    const page = setUp(keep)
    await page.catalogue.load()
    await page.catalogue.look()
    expect(modelAt(page.app, "new", undefined)?.name).toBe("first")
    page.catalogue.choose("new", "ollama/second")
    expect(modelAt(page.app, "new", undefined)?.name).toBe("second")
    const later = setUp(keep)
    await later.catalogue.load()
    expect(modelAt(later.app, "new", undefined)?.name).toBe("second")
    const usual = setUp(keep, "ollama/thinker")
    await usual.catalogue.load()
    expect(modelAt(usual.app, "new", undefined)?.name).toBe("thinker")
  })

  test("where nobody was chosen, one that is loaded; before that is known nobody, and after it the same one", async () => {
    const { catalogue, app, found } = setUp(createKeep(), null, ["second"])
    await catalogue.load()
    expect(modelAt(app, "new", undefined)).toBeUndefined()
    await catalogue.look()
    expect(modelAt(app, "new", undefined)?.name).toBe("second")
    const models = [{ id: "ollama/first", loaded: true }, { id: "ollama/second" }]
    found({ provider: "ollama", address: "http://a:1", state: "found", models })
    await catalogue.look()
    expect(modelAt(app, "new", undefined)?.name).toBe("second")
  })

  test("who was chosen need not wait for that", async () => {
    const { catalogue, app } = setUp(createKeep(), "ollama/thinker", ["second"])
    await catalogue.load()
    expect(modelAt(app, "new", undefined)?.name).toBe("thinker")
  })

  test("the choice for a new chat goes with it", async () => {
    const { catalogue, app } = setUp(createKeep(), "ollama/first")
    await catalogue.load()
    catalogue.choose("new", "ollama/second")
    catalogue.settle("cht_A")
    expect(modelAt(app, "cht_A", undefined)?.name).toBe("second")
    expect(modelAt(app, "new", undefined)?.name).toBe("first")
  })
})

test("thinking is asked for as the model has it, or switched off for good", async () => {
  const { catalogue, app, keep } = setUp()
  await catalogue.load()
  expect(wishFor(app, "ollama/thinker", false)).toEqual({ model: "ollama/thinker" })
  catalogue.think("ollama/thinker", false)
  catalogue.think("ollama/first", false)
  expect(wishFor(app, "ollama/thinker", true)).toEqual({
    model: "ollama/thinker",
    params: { reasoning: "off" },
    temporary: true,
  })
  expect(wishFor(app, "ollama/first", false)).toEqual({ model: "ollama/first" })
  const later = setUp(keep)
  await later.catalogue.load()
  expect(wishFor(later.app, "ollama/thinker", false).params).toEqual({ reasoning: "off" })
})

test("the models are read again when a look finds that something has come", async () => {
  const { catalogue, asked, found } = setUp()
  await catalogue.load()
  await catalogue.look()
  expect(asked).toHaveLength(1)
  const source: Source = { provider: "ollama", address: "http://a:1", state: "found", models: [{ id: "ollama/new" }] }
  found(source, model("new"))
  await catalogue.look()
  expect(catalogue.state.models.at(-1)?.name).toBe("new")
  await catalogue.look()
  expect(asked).toHaveLength(2)
})

test("of a shared service nobody asks for its sources and settings, and the first real model answers", async () => {
  const asked: string[] = []
  const model = (id: string, provider: string): ModelSummary => ({ id, name: id, provider, capabilities: [] })
  const http = new Proxy(
    {},
    {
      get: (_none, name: string) => () => {
        asked.push(name)
        return Promise.resolve({ models: [model("demo/tour", "demo"), model("bedrock/one", "bedrock")] })
      },
    },
  )
  const shared = createCatalogue({ http } as unknown as Client, createKeep(), plainHolder, { shared: true })
  await Promise.all([shared.load(), shared.look()])
  expect(asked).toEqual(["models"])
  expect(shared.state).toMatchObject({ phase: "ready", looked: true, usual: "bedrock/one", sources: [] })
  expect(shared.state.settings).toBeUndefined()
})

test("a server that does not answer leaves what is known", async () => {
  const { catalogue } = setUp()
  await catalogue.load()
  const silent = createCatalogue(
    {
      http: { models: () => Promise.reject(new Error("down")), settings: () => Promise.reject(new Error("down")) },
    } as unknown as Client,
    createKeep(),
    plainHolder,
  )
  await silent.load()
  expect(silent.state.phase).toBe("failed")
  expect(catalogue.state.phase).toBe("ready")
})
