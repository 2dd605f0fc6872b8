import { expect, test } from "vitest"
import { ask, outcome, said } from "../../../test/canned-fetch.ts"
import type { ModelEvent, ProviderModel } from "../../model/provider.ts"
import type { ServedProvider } from "../../model/source.ts"
import { OmniError } from "../../protocol/error.ts"
import { severalOllamas } from "./several.ts"

const away = new OmniError("model_unavailable", "Nobody answers.")

/** A server that has these models and says its name; `down` when it cannot be reached, `fails` after its first word. */
function server(name: string, models: string[], state: { down?: boolean; fails?: OmniError } = {}): ServedProvider {
  const list = (): Promise<ProviderModel[]> =>
    state.down ? Promise.reject(away) : Promise.resolve(models.map((id) => ({ id, name: id, capabilities: [] })))
  async function* stream(): AsyncGenerator<ModelEvent, void, undefined> {
    await Promise.resolve()
    if (state.down) throw away
    yield { type: "text-start", id: "1" }
    yield { type: "text-delta", id: "1", delta: name }
    if (state.fails) throw state.fails
    yield { type: "finish", finishReason: "stop", usage: {} }
  }
  return { id: "ollama", servers: [{ address: `http://${name}`, list }], list, stream }
}

const signal = new AbortController().signal
const answer = (provider: ServedProvider, model: string) => outcome(provider, { model, messages: ask("x"), params: {} })

test("one server needs nothing around it", () => {
  const only = server("a", [])
  expect(severalOllamas([only])).toBe(only)
})

test("a model is asked of the first server that has it, with or without its tag", async () => {
  const several = severalOllamas([server("a", ["x:latest"]), server("b", ["x:latest", "y:latest"])])
  expect(said((await answer(several, "x")).events).text).toBe("a")
  expect(said((await answer(several, "y:latest")).events).text).toBe("b")
  expect((await answer(several, "z")).error?.code).toBe("model_not_found")
  expect((await several.list(signal)).map((model) => model.id)).toEqual(["x:latest", "y:latest"])
})

test("a server that went away since it was listed is passed over for the next that has the model", async () => {
  const state = { down: false }
  const several = severalOllamas([server("a", ["x:latest"], state), server("b", ["x:latest"])])
  await several.list(signal)
  state.down = true
  const { events, error } = await answer(several, "x")
  expect(said(events).text).toBe("b")
  expect(error).toBeUndefined()
})

test("an answer that has begun is not begun again elsewhere", async () => {
  const fails = new OmniError("model_unavailable", "gone")
  const several = severalOllamas([server("a", ["x:latest"], { fails }), server("b", ["x:latest"])])
  const { events, error } = await answer(several, "x")
  expect(said(events).text).toBe("a")
  expect(error?.message).toBe("gone")
})

test("when no server that could be asked has the model, what kept the others from answering is said", async () => {
  const several = severalOllamas([server("a", ["x:latest"]), server("b", ["y:latest"], { down: true })])
  expect((await answer(several, "y")).error).toMatchObject({ code: "model_unavailable" })
  expect((await several.list(signal)).map((model) => model.id)).toEqual(["x:latest"])
  await expect(
    severalOllamas([server("a", [], { down: true }), server("b", [], { down: true })]).list(signal),
  ).rejects.toBe(away)
})
