import { describe, expect, it } from "vitest"
import { OmniError } from "../protocol/error.ts"
import { aliasProvider } from "./aliases.ts"
import type { Alias } from "./aliases.ts"
import { MustWait } from "./provider.ts"
import type { ModelEvent, ModelProvider, ModelRequest } from "./provider.ts"

const delta = (text: string): ModelEvent => ({ type: "text-delta", id: "1", delta: text })
const finish: ModelEvent = { type: "finish", finishReason: "stop", usage: {} }
const busy = (name: string) => new OmniError("model_unavailable", `The wait for ${name} would be longer than 20 s.`)
const throttled = new OmniError("model_unavailable", "nova cannot answer now (ThrottlingException).")

/** A provider of models by their names; each is what its answer does: events, and an error at its end. */
type Script = (ModelEvent | Error)[]
function provided(models: Record<string, Script>) {
  const asked: ModelRequest[] = []
  const provider: ModelProvider = {
    id: "any",
    list: () => Promise.resolve([]),
    async *stream(request) {
      asked.push(request)
      for (const step of models[request.model] ?? []) {
        await Promise.resolve()
        if (step instanceof Error) throw step
        yield step
      }
    },
  }
  const find = async (id: string) => {
    if (id in models) return { id, name: id, provider }
    throw new OmniError("model_not_found", `There is no model "${id}".`)
  }
  return { asked, find }
}

const smart = (...targets: Alias["targets"]): Alias => ({ id: "smart", name: "Smart", targets })
const asker = { runId: "run_00000000000000000000000001", turn: 2, userId: "u" } as const

async function answer(alias: Alias, models: Record<string, Script>, signal = new AbortController().signal) {
  const { asked, find } = provided(models)
  const passed: string[] = []
  const provider = aliasProvider(
    () => [alias],
    () => ({ find }),
    ({ model, error }) => void passed.push(`${model}: ${error.code}`),
  )
  const events: ModelEvent[] = []
  let error: unknown
  try {
    const request: ModelRequest = { model: alias.id, messages: [], params: {}, asker }
    for await (const event of provider.stream(request, signal)) events.push(event)
  } catch (thrown) {
    error = thrown
  }
  return { events, error, passed, asked: asked.map(({ model, asker: as }) => ({ model, waitAtMost: as?.waitAtMost })) }
}

describe("an alias", () => {
  it("is listed by its name, whether or not anybody knows its targets", async () => {
    const alias: Alias = { ...smart({ model: "nobody/knows" }), capabilities: ["images"], contextLength: 8000 }
    const provider = aliasProvider(
      () => [alias, { ...smart(), id: "plain" }],
      () => provided({}),
    )
    expect(await provider.list(new AbortController().signal)).toEqual([
      { id: "smart", name: "Smart", capabilities: ["images"], contextLength: 8000 },
      { id: "plain", name: "Smart", capabilities: [] },
    ])
  })

  it("asks Ollama first, and Bedrock when the wait would be longer than its limit", async () => {
    const alias = smart({ model: "ollama/q", waitAtMostSeconds: 20 }, { model: "bedrock/nova" })
    const got = await answer(alias, { "ollama/q": [busy("q")], "bedrock/nova": [delta("hi"), finish] })
    expect(got).toEqual({
      events: [delta("hi"), finish],
      error: undefined,
      passed: ["ollama/q: model_unavailable"],
      asked: [
        { model: "ollama/q", waitAtMost: 20_000 },
        { model: "bedrock/nova", waitAtMost: undefined },
      ],
    })
  })

  it("asks Bedrock first, and Ollama when that is throttled", async () => {
    const alias = smart({ model: "bedrock/nova" }, { model: "ollama/q", waitAtMostSeconds: 20 })
    const got = await answer(alias, { "bedrock/nova": [throttled], "ollama/q": [delta("hi"), finish] })
    expect(got.events).toEqual([delta("hi"), finish])
    // The last one is waited for: there is nobody else.
    expect(got.asked).toEqual([
      { model: "bedrock/nova", waitAtMost: undefined },
      { model: "ollama/q", waitAtMost: undefined },
    ])
  })

  it("asks nobody else after the first event", async () => {
    const broken = new OmniError("upstream_failed", "It broke off.")
    const alias = smart({ model: "ollama/q" }, { model: "bedrock/nova" })
    const got = await answer(alias, { "ollama/q": [delta("hal"), broken], "bedrock/nova": [delta("hi"), finish] })
    expect(got).toMatchObject({ events: [delta("hal")], error: broken, passed: [], asked: [{ model: "ollama/q" }] })
  })

  it("passes over who is gone and who says nothing at all", async () => {
    const alias = smart({ model: "ollama/gone" }, { model: "openai/empty" }, { model: "bedrock/nova" })
    const got = await answer(alias, { "openai/empty": [], "bedrock/nova": [finish] })
    expect(got.events).toEqual([finish])
    expect(got.passed).toEqual(["ollama/gone: model_not_found", "openai/empty: upstream_failed"])
  })

  it("says what the last one said", async () => {
    const alias = smart({ model: "ollama/q", waitAtMostSeconds: 1 }, { model: "bedrock/nova" })
    expect((await answer(alias, { "ollama/q": [busy("q")], "bedrock/nova": [throttled] })).error).toBe(throttled)
    expect((await answer(smart({ model: "ollama/gone" }), {})).error).toMatchObject({ code: "model_not_found" })
  })

  it("lets stand in line who has to", async () => {
    const alias = smart({ model: "ollama/q", waitAtMostSeconds: 20 }, { model: "bedrock/nova" })
    const waiting = new MustWait()
    const got = await answer(alias, { "ollama/q": [waiting], "bedrock/nova": [finish] })
    expect(got).toMatchObject({ error: waiting, events: [], passed: [], asked: [{ model: "ollama/q" }] })
  })

  it.each([
    ["a request that the model refuses", new OmniError("invalid", "No images.")],
    ["a mistake of ours", new TypeError("a bug")],
  ])("does not hide %s", async (_what, fault) => {
    const alias = smart({ model: "ollama/q" }, { model: "bedrock/nova" })
    expect((await answer(alias, { "ollama/q": [fault], "bedrock/nova": [finish] })).error).toBe(fault)
  })

  it("asks nobody else when it was told to stop", async () => {
    const stopped = AbortSignal.abort(new Error("stopped"))
    const alias = smart({ model: "ollama/q" }, { model: "bedrock/nova" })
    const got = await answer(alias, { "ollama/q": [throttled], "bedrock/nova": [finish] }, stopped)
    expect(got).toMatchObject({ error: throttled, asked: [{ model: "ollama/q" }] })
  })

  it("that is none is not found", () => {
    const provider = aliasProvider(
      () => [],
      () => provided({}),
    )
    const ask = () => provider.stream({ model: "gone", messages: [], params: {} }, new AbortController().signal)
    expect(ask).toThrow('There is no model "auto/gone".')
  })
})
