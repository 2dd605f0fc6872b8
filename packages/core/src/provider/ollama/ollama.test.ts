import { expect, test } from "vitest"
import { type Reply, ask, bytes, cannedFetch, outcome, said } from "../../../test/canned-fetch.ts"
import type { ModelRequest } from "../../model/provider.ts"
import { ollamaProvider } from "./provider.ts"

const line = (object: object) => `${JSON.stringify(object)}\n`
const word = (content: string) => line({ message: { role: "assistant", content }, done: false })
const thought = (thinking: string) => line({ message: { role: "assistant", content: "", thinking }, done: false })
const done = (rest: object = { done_reason: "stop" }) => line({ message: { content: "" }, done: true, ...rest })

const shown = (capabilities: string[], more: object = {}) => JSON.stringify({ capabilities, ...more })

async function answer(stream: string | Reply, request: Partial<ModelRequest> = {}, show?: string) {
  const { fetch, asked } = cannedFetch({ "/api/chat": stream, ...(show === undefined ? {} : { "/api/show": show }) })
  const provider = ollamaProvider({ baseUrl: "http://ollama:11434/", fetch })
  const result = await outcome(provider, { model: "m", messages: ask("Why?"), params: {}, ...request })
  const chat = asked.find(({ url }) => url.endsWith("/api/chat"))
  const body = JSON.parse(chat?.init.body ?? "null") as Record<string, unknown>
  return { ...result, body, asked: asked.map(({ url }) => url) }
}

test("thinking and words become blocks, one after the other, and the end has the counts", async () => {
  const end = done({ done_reason: "stop", prompt_eval_count: 12, eval_count: 4 })
  const { events } = await answer(thought("Hm") + thought(".") + word("Be") + word("cause") + word("") + end)
  expect(events).toEqual([
    { type: "reasoning-start", id: "1" },
    { type: "reasoning-delta", id: "1", delta: "Hm" },
    { type: "reasoning-delta", id: "1", delta: "." },
    { type: "reasoning-end", id: "1" },
    { type: "text-start", id: "2" },
    { type: "text-delta", id: "2", delta: "Be" },
    { type: "text-delta", id: "2", delta: "cause" },
    { type: "text-end", id: "2" },
    { type: "finish", finishReason: "stop", usage: { inputTokens: 12, outputTokens: 4 } },
  ])
})

test.each([
  [{ done_reason: "length" }, "length"],
  [{}, "stop"],
  [{ done_reason: "shrug" }, "other"],
])("an answer that is done with %o has finished by %s", async (rest, finishReason) => {
  const { events } = await answer(word("x") + done(rest))
  expect(events.at(-1)).toMatchObject({ type: "finish", finishReason })
})

test("a model that was only loaded has not answered", async () => {
  const { error } = await answer(done({ done_reason: "load" }))
  expect(error).toMatchObject({ code: "upstream_failed" })
})

test("params become options, and what was not asked for is not sent", async () => {
  const params = { temperature: 0.5, topP: 0.9, maxOutputTokens: 9, stop: ["##"], seed: 7, system: "Be brief." }
  const { body } = await answer(done(), { params })
  expect(body).toEqual({
    model: "m",
    stream: true,
    messages: [
      { role: "system", content: "Be brief." },
      { role: "user", content: "Why?" },
    ],
    options: { temperature: 0.5, top_p: 0.9, num_predict: 9, stop: ["##"], seed: 7 },
  })
  const plain = await answer(done())
  expect(Object.keys(plain.body)).toEqual(["model", "stream", "messages"])
  expect(plain.asked).toEqual(["http://ollama:11434/api/chat"])
})

test("an assistant's message at the end is sent last, to be gone on from", async () => {
  const messages = [...ask("Why?"), { role: "assistant" as const, content: [{ type: "text" as const, text: "Be" }] }]
  const { body } = await answer(word("cause") + done(), { messages })
  expect(body.messages).toEqual([
    { role: "user", content: "Why?" },
    { role: "assistant", content: "Be" },
  ])
})

const think = async (reasoning: "off" | "low" | "medium" | "high", show: string) =>
  answer(done(), { params: { reasoning } }, show)

test("reasoning is sent as the model takes it", async () => {
  const switchable = shown(["completion", "thinking"])
  expect((await think("off", switchable)).body.think).toBe(false)
  expect((await think("medium", switchable)).body.think).toBe(true)
  const levels = shown(["completion", "thinking"], { details: { family: "gptoss" } })
  expect((await think("high", levels)).body.think).toBe("high")
  expect((await think("off", levels)).body.think).toBe("low")
  const told = shown(["completion", "thinking"], { thinking: { values: [false, "low", "high"] } })
  expect((await think("off", told)).body.think).toBe(false)
  expect((await think("medium", told)).body.think).toBe("low")
})

test("reasoning off is no matter to a model that has none, a level is refused by name", async () => {
  const plain = shown(["completion"])
  expect((await think("off", plain)).body).not.toHaveProperty("think")
  const { error, asked } = await think("low", plain)
  expect(error).toMatchObject({ code: "invalid", message: expect.stringContaining("m does not reason") as string })
  expect(asked.some((url) => url.endsWith("/api/chat"))).toBe(false)
})

const picture = { type: "file", mediaType: "image/png", filename: "cat.png", bytes: new Uint8Array([1, 2, 3]) } as const
const withPicture: ModelRequest["messages"] = [{ role: "user", content: [{ type: "text", text: "Who?" }, picture] }]

test("images go to a model that sees, and are refused for one that does not", async () => {
  const seer = await answer(done(), { messages: withPicture }, shown(["completion", "vision"]))
  expect(seer.body.messages).toEqual([{ role: "user", content: "Who?", images: ["AQID"] }])
  const blind = await answer(done(), { messages: withPicture }, shown(["completion"]))
  expect(blind.error).toMatchObject({ code: "invalid", message: expect.stringContaining("cat.png") as string })
})

test("a picture in an earlier turn does not keep a model without eyes from answering", async () => {
  const messages: ModelRequest["messages"] = [
    ...withPicture,
    { role: "assistant", content: [{ type: "text", text: "A cat." }] },
    ...ask("Sure?"),
  ]
  const { body } = await answer(done(), { messages, params: { reasoning: "off" } }, shown(["completion"]))
  expect(body.messages).toMatchObject([
    { content: "Who?\n\n[The file cat.png (image/png) was here; this model cannot read it.]" },
    { content: "A cat." },
    { content: "Sure?" },
  ])
})

test.each([
  ["garbage", "<html>Bad Gateway</html>\n", "<html>Bad Gateway</html>"],
  ["an error line", line({ error: "the model runner has died" }), "the model runner has died"],
  ["a line of something else", line({ foo: 1 }), '{"foo":1}'],
  ["no end mark", "", "without an end mark"],
])("%s in mid-stream fails the answer and keeps what was said", async (_, rest, named) => {
  const { events, error } = await answer(word("Half of") + rest)
  expect(said(events).text).toBe("Half of")
  expect(error).toMatchObject({ code: "upstream_failed", message: expect.stringContaining(named) as string })
})

test("a line that cannot be read is quoted with at most 200 characters", async () => {
  const { error } = await answer(`${"y".repeat(5_000)}\n`)
  expect(error?.message.match(/y+/g)?.map((run) => run.length)).toContain(200)
})

test.each([
  [400, '{"error":"bad option"}', "invalid"],
  [404, '{"error":"model \'m\' not found"}', "model_not_found"],
  [404, "404 page not found", "upstream_failed"],
  [401, "", "model_unavailable"],
  [429, '{"error":"slow down"}', "model_unavailable"],
  [503, '{"error":"server busy"}', "model_unavailable"],
  [500, '{"error":"out of memory"}', "upstream_failed"],
  [301, "", "upstream_failed"],
])("status %i with %o is %s", async (status, text, code) => {
  const { error } = await answer({ status, chunks: [bytes(text)] })
  expect(error).toMatchObject({ code, message: expect.stringContaining("http://ollama:11434") as string })
})

test("a server that is not there is named with what to do", async () => {
  const refused = Object.assign(new Error("connect"), { code: "ECONNREFUSED" })
  const { error } = await answer({ fails: new Error("fetch failed", { cause: refused }) })
  expect(error).toMatchObject({ code: "model_unavailable" })
  expect(error?.message).toBe(
    "The Ollama server at http://ollama:11434 does not answer (ECONNREFUSED). " +
      'Start it with "ollama serve", or correct its address in the settings.',
  )
})

test("a user and password in the address are sent, and never shown", async () => {
  const { fetch, asked } = cannedFetch({ "/proxy/api/chat": { status: 500 } })
  const provider = ollamaProvider({ baseUrl: "http://ada:s%C3%A9same@host/proxy/", fetch })
  const { error } = await outcome(provider, { model: "m", messages: ask("x"), params: {} })
  expect(asked[0]?.init.headers?.authorization).toBe("Basic YWRhOnPDqXNhbWU=")
  expect(provider.servers[0]?.address).toBe("http://host/proxy")
  expect(error?.message).not.toMatch(/ada|same/)
  expect(() => ollamaProvider({ baseUrl: "http://ada:100%@host", fetch })).not.toThrow(URIError)
})
