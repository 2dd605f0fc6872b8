import fc from "fast-check"
import { expect, test } from "vitest"
import { ask, bytes, cannedFetch, cutAt, outcome } from "../../test/canned-fetch.ts"
import type { ModelProvider, ProviderFetch } from "../model/provider.ts"
import { ollamaProvider } from "./ollama/provider.ts"
import { openaiProvider } from "./openai/provider.ts"

type Api = {
  name: string
  path: string
  provider: (fetch: ProviderFetch) => ModelProvider
  stream: fc.Arbitrary<string>
}

const words = fc.oneof(fc.string({ unit: "grapheme", maxLength: 12 }), fc.constantFrom("Žižkov", "👩‍🚀", "\n", "\u2028"))
const delta = fc.record({ kind: fc.constantFrom("text", "thought"), words })
const lineEnd = fc.constantFrom("\n", "\r\n")

const ollamaStream = fc
  .tuple(
    fc.array(delta),
    fc.constantFrom('{"done":true,"done_reason":"stop"}', "<html>", '{"error":"died"}', "{"),
    lineEnd,
  )
  .map(([deltas, last, end]) => {
    const lines = deltas.map(({ kind, words }) => ({
      message: { role: "assistant", ...(kind === "text" ? { content: words } : { content: "", thinking: words }) },
      done: false,
    }))
    return [...lines.map((line) => JSON.stringify(line)), last, ""].join(end)
  })

const openaiStream = fc
  .tuple(fc.array(delta), fc.constantFrom("[DONE]", '{"error":{"message":"died"}}', "{", '{"foo":1}'), lineEnd)
  .map(([deltas, last, end]) => {
    const chunks = deltas.map(({ kind, words }) => ({
      choices: [{ index: 0, delta: kind === "text" ? { content: words } : { reasoning: words } }],
    }))
    const events = [...chunks.map((chunk) => JSON.stringify(chunk)), last].map((data) => `data: ${data}`)
    return [": comment", ...events, ""].join(end + end)
  })

const apis: Api[] = [
  {
    name: "ollama",
    path: "/api/chat",
    provider: (fetch) => ollamaProvider({ baseUrl: "http://server", fetch }),
    stream: ollamaStream,
  },
  {
    name: "openai",
    path: "/v1/chat/completions",
    provider: (fetch) => openaiProvider({ baseUrl: "http://server/v1", fetch }),
    stream: openaiStream,
  },
]

for (const { name, path, provider, stream } of apis) {
  const read = (chunks: Uint8Array[], fails?: Error) => {
    const { fetch } = cannedFetch({ [path]: { chunks, ...(fails ? { fails } : {}) } })
    return outcome(provider(fetch), { model: "m", messages: ask("x"), params: {} })
  }

  test(`${name}: any split of the stream gives the same events and the same end`, async () => {
    await fc.assert(
      fc.asyncProperty(stream, fc.array(fc.nat(), { maxLength: 40 }), async (text, places) => {
        const whole = bytes(text)
        expect(await read(cutAt(whole, places))).toEqual(await read([whole]))
      }),
    )
  })

  test(`${name}: a stream cut short never ends as a complete answer`, async () => {
    await fc.assert(
      fc.asyncProperty(stream, fc.nat(), fc.boolean(), async (text, place, breaks) => {
        const whole = bytes(text)
        const { events: all } = await read([whole])
        const short = whole.subarray(0, place % whole.length)
        const { events, error } = await read([short], breaks ? new Error("reset") : undefined)
        const finished = events.some((event) => event.type === "finish")
        expect(finished).toBe(error === undefined)
        if (finished) expect(events).toEqual(all)
        else expect(error?.code).toBe("upstream_failed")
      }),
    )
  })
}

test("bytes that are no UTF-8 are named as what cannot be read, after the events before them", async () => {
  const good = bytes('{"message":{"content":"Hi"},"done":false}\n')
  const bad = new Uint8Array([...bytes('{"message":{"content":"'), 0xff, ...bytes('"},"done":false}\n')])
  const { fetch } = cannedFetch({ "/api/chat": { chunks: [new Uint8Array([...good, ...bad])] } })
  const result = await outcome(ollamaProvider({ baseUrl: "http://server", fetch }), {
    model: "m",
    messages: ask("x"),
    params: {},
  })
  expect(result.events.map((event) => event.type)).toEqual(["text-start", "text-delta"])
  expect(result.error?.code).toBe("upstream_failed")
})
