import { expect, test } from "vitest"
import { type ManualClock, manualClock } from "../../../../tests/support/manual-clock.ts"
import type { Log } from "../log.ts"
import { OmniError } from "../protocol/error.ts"
import { type Remembered, createCatalogue } from "./catalogue.ts"
import type { ModelProvider, ProviderModel } from "./provider.ts"
import type { ServedProvider } from "./source.ts"

const quiet: Log = { debug() {}, info() {}, warn() {}, error() {} }
const model = (id: string): ProviderModel => ({ id, name: id, capabilities: ["tools"] })
const silence = new OmniError("model_unavailable", "Nobody answers at http://b.")
const unused = (): never => {
  throw new Error("not asked for")
}

/** Lets everything go on that waits for nothing but its turn. */
const settled = async () => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}

type Has = ProviderModel[] | OmniError | "hangs"

/** Servers whose replies a test changes. */
function served(
  id: string,
  replies: Record<string, Has>,
): ServedProvider & { replies: Record<string, Has>; asked: number } {
  const provider = {
    id,
    replies,
    asked: 0,
    list: unused,
    stream: unused,
    servers: Object.keys(replies).map((address) => ({
      address,
      list(signal: AbortSignal): Promise<ProviderModel[]> {
        provider.asked += 1
        const has = replies[address]
        if (Array.isArray(has)) return Promise.resolve(has)
        if (has instanceof OmniError) return Promise.reject(has)
        return new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true })
        })
      },
    })),
  }
  return provider
}

const demoProvider: ModelProvider = {
  id: "demo",
  list: () => Promise.resolve([{ id: "tour", name: "Demo tour", capabilities: [] }]),
  stream: unused,
}

type More = { forced?: boolean; remembered?: Remembered; clock?: ManualClock; late?: string[] }
function open(sources: ModelProvider[], more: More = {}) {
  const clock = more.clock ?? manualClock()
  const saved: Remembered[] = []
  const catalogue = createCatalogue({
    sources: () => sources,
    demo: { provider: demoProvider, forced: () => more.forced ?? false },
    clock,
    log: quiet,
    ...(more.late !== undefined && { late: more.late }),
    remember: {
      load: () => Promise.resolve(more.remembered ?? {}),
      save: (remembered) => Promise.resolve(void saved.push(remembered)),
    },
  })
  const ids = async () => (await catalogue.list()).map((each) => each.id)
  return { catalogue, clock, saved, ids }
}

test("models are listed by source and server, one that several servers have only once", async () => {
  const ollama = served("ollama", {
    "http://a": [model("x:latest"), model("y:1b")],
    "http://b": [model("x:latest"), model("z:2b")],
  })
  const { catalogue, ids } = open([ollama, served("openai", { "http://c": [model("gpt")] })])
  expect(await ids()).toEqual(["ollama/x:latest", "ollama/y:1b", "ollama/z:2b", "openai/gpt"])
  expect((await catalogue.list())[0]).toEqual({
    id: "ollama/x:latest",
    name: "x:latest",
    provider: "ollama",
    capabilities: ["tools"],
  })
})

test("a server is asked once in two seconds, however many ask", async () => {
  const ollama = served("ollama", { "http://a": [model("x:latest")] })
  const { catalogue, clock } = open([ollama])
  await Promise.all([catalogue.list(), catalogue.list(), catalogue.find("ollama/x")])
  clock.advance(2_000)
  await catalogue.list()
  expect(ollama.asked).toBe(1)
  clock.advance(1)
  await catalogue.list()
  expect(ollama.asked).toBe(2)
})

test("a server that hangs costs two seconds, and what it last had stays", async () => {
  const ollama = served("ollama", { "http://a": [model("x:latest")], "http://b": [model("y:latest")] })
  const { catalogue, clock, ids } = open([ollama])
  await ids()
  clock.advance(5_000)
  ollama.replies["http://b"] = "hangs"
  ollama.replies["http://a"] = []
  const listing = ids()
  await clock.asleep()
  clock.advance(2_000)
  expect(await listing).toEqual(["ollama/y:latest"])
  expect(await catalogue.find("ollama/y")).toMatchObject({ id: "ollama/y:latest", name: "y:latest" })
})

test("a source that is far away neither hides nor slows the others, and comes later", async () => {
  const ollama = served("ollama", { "http://a": [model("x:latest")] })
  const bedrock = served("bedrock", { "us-east-1": "hangs" })
  const { clock, ids } = open([ollama, bedrock], { late: ["bedrock"] })
  const listing = ids()
  await clock.asleep()
  await settled()
  clock.advance(300)
  expect(await listing).toEqual(["ollama/x:latest"])
  clock.advance(1_700)
  await settled()
  bedrock.replies["us-east-1"] = [model("nova")]
  clock.advance(2_001)
  expect(await ids()).toEqual(["ollama/x:latest", "bedrock/nova"])
  bedrock.replies["us-east-1"] = silence
  clock.advance(2_001)
  expect(await ids()).toEqual(["ollama/x:latest", "bedrock/nova"])
})

test("a model is found as soon as one server has it, whatever the others do", async () => {
  const ollama = served("ollama", { "http://a": "hangs", "http://b": [model("y:latest")] })
  const { catalogue } = open([ollama])
  expect((await catalogue.find("ollama/y")).id).toBe("ollama/y:latest")
})

test("aliases are listed first, are no source of models and no reason to hide the demo", async () => {
  const ollama = served("ollama", { "http://a": silence })
  const named = { ...served("auto", {}), servers: undefined, list: () => Promise.resolve([model("smart")]) }
  const { servers: _none, ...aliases } = named
  const { catalogue, clock, ids } = open([aliases, ollama])
  expect(await ids()).toEqual(["auto/smart", "demo/tour"])
  expect(await catalogue.checkSources()).toMatchObject([
    { provider: "ollama", state: "silent" },
    { provider: "openai", state: "unset" },
    { provider: "demo", state: "found" },
  ])
  expect(await catalogue.find("auto/smart")).toMatchObject({ id: "auto/smart", name: "smart" })
  ollama.replies["http://a"] = [model("x:latest")]
  clock.advance(3_000)
  expect(await ids()).toEqual(["auto/smart", "ollama/x:latest"])
})

test("a restart remembers what a silent server had, and an answer replaces it", async () => {
  const ollama = served("ollama", { "http://a": silence })
  const { ids, clock, saved } = open([ollama], { remembered: { "ollama at http://a": [model("old:latest")] } })
  expect(await ids()).toEqual(["ollama/old:latest"])
  expect(saved).toEqual([])
  ollama.replies["http://a"] = [{ ...model("new:latest"), loaded: true }]
  clock.advance(3_000)
  expect(await ids()).toEqual(["ollama/new:latest"])
  expect(saved).toEqual([{ "ollama at http://a": [model("new:latest")] }])
})

test("a model is found by its id, with and without the tag latest", async () => {
  const ollama = served("ollama", { "http://a": [model("hf.co/x/y:latest"), { ...model("q:4b"), outputPrice: 3 }] })
  const { catalogue } = open([ollama])
  expect((await catalogue.find("ollama/hf.co/x/y")).id).toBe("ollama/hf.co/x/y:latest")
  expect(await catalogue.find("ollama/q:4b")).toEqual({
    id: "ollama/q:4b",
    name: "q:4b",
    provider: ollama,
    outputPrice: 3,
  })
})

test("a run with a known model does not wait for its server, one with an unknown model does", async () => {
  const ollama = served("ollama", { "http://a": [model("x:latest")] })
  const { catalogue, clock } = open([ollama])
  await catalogue.list()
  ollama.replies["http://a"] = "hangs"
  clock.advance(60_000)
  expect((await catalogue.find("ollama/x")).name).toBe("x:latest")
  const unknown = catalogue.find("ollama/other")
  await clock.asleep()
  clock.advance(2_000)
  await expect(unknown).rejects.toMatchObject({ code: "model_not_found", retryable: true })
})

test("an unknown model is answered with the nearest there are", async () => {
  const ollama = served("ollama", { "http://a": [model("qwen3:4b"), model("qwen3:latest"), model("llava:latest")] })
  const { catalogue } = open([ollama])
  await expect(catalogue.find("ollama/qwen2:4b")).rejects.toMatchObject({
    code: "model_not_found",
    retryable: false,
    message: 'There is no model "ollama/qwen2:4b". Did you mean ollama/qwen3:4b or ollama/qwen3:latest?',
  })
  await expect(catalogue.find("qwen3")).rejects.toThrow(/Did you mean ollama\/qwen3:4b or ollama\/qwen3:latest\?/)
  await expect(catalogue.find("openai/zzzzzzzzz")).rejects.toThrow(/^There is no model "openai\/zzzzzzzzz"\.$/)
})

test("the demo is listed when nothing else is, or when forced, and found always", async () => {
  const ollama = served("ollama", { "http://a": silence })
  const { ids, clock, catalogue } = open([ollama])
  expect(await ids()).toEqual(["demo/tour"])
  ollama.replies["http://a"] = [model("x:latest")]
  clock.advance(3_000)
  expect(await ids()).toEqual(["ollama/x:latest"])
  expect((await catalogue.find("demo/tour")).provider).toBe(demoProvider)
  expect(await open([ollama], { forced: true }).ids()).toEqual(["ollama/x:latest", "demo/tour"])
})

test("sources are told server by server, with what is wrong", async () => {
  const wrong = new OmniError("upstream_failed", "That is no Ollama.")
  const { catalogue } = open([
    served("ollama", {
      "http://a": [{ ...model("x:latest"), sizeBytes: 7, loaded: true }],
      "http://b": silence,
      "http://c": wrong,
    }),
  ])
  expect(await catalogue.checkSources()).toEqual([
    {
      provider: "ollama",
      address: "http://a",
      state: "found",
      models: [{ id: "ollama/x:latest", sizeBytes: 7, loaded: true }],
    },
    { provider: "ollama", address: "http://b", state: "silent", error: silence.message, models: [] },
    { provider: "ollama", address: "http://c", state: "wrong", error: wrong.message, models: [] },
    { provider: "openai", state: "unset", models: [] },
    { provider: "demo", state: "unset", models: [] },
  ])
})

test("checks within a second share one, and a later one sees what has changed", async () => {
  const ollama = served("ollama", { "http://a": silence })
  const { catalogue, clock } = open([ollama])
  const state = async () => (await catalogue.checkSources()).map((source) => source.state)
  expect(await state()).toEqual(["silent", "unset", "found"])
  ollama.replies["http://a"] = [model("x:latest")]
  clock.advance(1_000)
  expect(await state()).toEqual(["silent", "unset", "found"])
  clock.advance(1)
  expect(await state()).toEqual(["found", "unset", "unset"])
})

test("memory that cannot be read or written does no harm", async () => {
  const broken = () => Promise.reject(new Error("disk full"))
  const warned: string[] = []
  const catalogue = createCatalogue({
    sources: () => [served("ollama", { "http://a": [model("x:latest")] })],
    demo: { provider: demoProvider, forced: () => false },
    clock: manualClock(),
    log: { ...quiet, warn: (event) => void warned.push(event) },
    remember: { load: broken, save: broken },
  })
  expect((await catalogue.list()).map((each) => each.id)).toEqual(["ollama/x:latest"])
  expect(warned).toEqual(["model_memory_unreadable", "model_memory_unwritable"])
})
