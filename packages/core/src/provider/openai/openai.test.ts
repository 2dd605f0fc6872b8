import { expect, test } from "vitest"
import { type Reply, ask, bytes, cannedFetch, outcome, said } from "../../../test/canned-fetch.ts"
import type { ModelRequest } from "../../model/provider.ts"
import { openaiProvider } from "./provider.ts"

const data = (value: object | string) => `data: ${typeof value === "string" ? value : JSON.stringify(value)}\n\n`
const delta = (fields: object, finish_reason: string | null = null) =>
  data({ choices: [{ index: 0, delta: fields, finish_reason }] })
const usage = data({ choices: [], usage: { prompt_tokens: 5, completion_tokens: 2 } })
const done = data("[DONE]")

async function answer(stream: string | Reply, request: Partial<ModelRequest> = {}, apiKey?: string) {
  const { fetch, asked } = cannedFetch({ "/v1/chat/completions": stream })
  const provider = openaiProvider({ baseUrl: "http://host/v1/", fetch, ...(apiKey === undefined ? {} : { apiKey }) })
  const result = await outcome(provider, { model: "m", messages: ask("Why?"), params: {}, ...request })
  const body = JSON.parse(asked[0]?.init.body ?? "null") as Record<string, unknown>
  return { ...result, body, headers: asked[0]?.init.headers }
}

test.each(["reasoning_content", "reasoning"])("thoughts in %s and words become blocks", async (field) => {
  const stream = delta({ role: "assistant", content: "" }) + delta({ [field]: "Hm" }) + delta({ content: "Yes" })
  const { events } = await answer(stream + delta({}, "stop") + usage + done)
  expect(events).toEqual([
    { type: "reasoning-start", id: "1" },
    { type: "reasoning-delta", id: "1", delta: "Hm" },
    { type: "reasoning-end", id: "1" },
    { type: "text-start", id: "2" },
    { type: "text-delta", id: "2", delta: "Yes" },
    { type: "text-end", id: "2" },
    { type: "finish", finishReason: "stop", usage: { inputTokens: 5, outputTokens: 2 } },
  ])
})

test("a server that sends the same thought under both names is heard once", async () => {
  const { events } = await answer(delta({ reasoning_content: "Hm", reasoning: "Hm" }) + done)
  expect(said(events).reasoning).toBe("Hm")
})

test.each([
  ["[DONE] without a finish_reason", delta({ content: "x" }) + done, "stop"],
  ["a finish_reason without [DONE]", delta({ content: "x" }) + delta({}, "length") + usage, "length"],
  ["a finish_reason with the last words", delta({ content: "x" }, "content_filter"), "content-filter"],
])("%s is an end", async (_, stream, finishReason) => {
  const { events } = await answer(stream)
  expect(events.at(-1)).toMatchObject({ type: "finish", finishReason })
})

test("an answer that has its finish_reason is complete though the connection breaks after it", async () => {
  const { events, error } = await answer({
    chunks: [bytes(delta({ content: "x" }, "stop"))],
    fails: new Error("reset"),
  })
  expect(error).toBeUndefined()
  expect(events.at(-1)?.type).toBe("finish")
})

test.each([
  ["neither end mark", "", "without an end mark"],
  ["an error object", data({ error: { message: "out of memory", code: 500 } }), "out of memory"],
  ["an error field", 'error: {"code":500,"message":"slot failed"}\n\n', "slot failed"],
  ["a plain error body", '{"error":{"message":"upstream died"}}', "upstream died"],
  ["broken JSON", data('{"choices":[{'), '{"choices":[{'],
  ["something else", data({ foo: 1 }), '{"foo":1}'],
  ["an answer that is no stream", '{"choices":[{"message":{"content":"Hi"}}]}', '"message"'],
  ["an end by error", delta({}, "error"), "error"],
])("%s fails the answer and keeps what was said", async (_, rest, named) => {
  const { events, error } = await answer(delta({ content: "Half of" }) + rest)
  expect(said(events).text).toBe("Half of")
  expect(error).toMatchObject({ code: "upstream_failed", message: expect.stringContaining(named) as string })
})

test("comments, event names and ids are passed over", async () => {
  const { events } = await answer(
    `: ping\n\nevent: message\nid: 7\nretry: 10\n${delta({ content: "x" })}data\n\n${done}`,
  )
  expect(said(events).text).toBe("x")
})

test("params are sent under the names of the API", async () => {
  const params = { temperature: 1, topP: 0.9, maxOutputTokens: 9, stop: ["##"], seed: 7, system: "Be brief." } as const
  const { body, headers } = await answer(done, { params: { ...params, stop: ["##"], reasoning: "low" } }, "secret")
  expect(body).toEqual({
    model: "m",
    stream: true,
    stream_options: { include_usage: true },
    messages: [
      { role: "system", content: "Be brief." },
      { role: "user", content: "Why?" },
    ],
    temperature: 1,
    top_p: 0.9,
    max_tokens: 9,
    stop: ["##"],
    seed: 7,
    reasoning_effort: "low",
  })
  expect(headers?.authorization).toBe("Bearer secret")
})

test("models whose API differs are asked as they want it", async () => {
  const params = { maxOutputTokens: 9, reasoning: "off" } as const
  const effortOf = async (model: string) => (await answer(done, { model, params })).body.reasoning_effort
  expect((await answer(done, { model: "gpt-5-mini", params })).body).toMatchObject({ max_completion_tokens: 9 })
  expect(await effortOf("gpt-5-mini")).toBe("minimal")
  expect(await effortOf("gpt-5.2")).toBe("none")
  expect(await effortOf("openai/o4-mini")).toBe("low")
  expect(await effortOf("gpt-4o")).toBeUndefined()
  expect(await effortOf("qwen3-32b")).toBe("none")
})

test("images are data URIs, text files are text", async () => {
  const content: ModelRequest["messages"][number]["content"] = [
    { type: "text", text: "Compare." },
    { type: "file", mediaType: "image/jpeg", filename: "a.jpg", bytes: new Uint8Array([255]) },
    { type: "file", mediaType: "text/markdown", filename: "b.md", bytes: bytes("```\nx\n```") },
  ]
  const { body } = await answer(done, { messages: [{ role: "user", content }] })
  expect(body.messages).toEqual([
    {
      role: "user",
      content: [
        { type: "text", text: "Compare.\n\nFile b.md:\n\n````\n```\nx\n```\n````" },
        { type: "image_url", image_url: { url: "data:image/jpeg;base64,/w==" } },
      ],
    },
  ])
})

test("models are listed with what their server tells, without those that cannot chat", async () => {
  const listed = [
    { id: "gpt-4o" },
    { id: "text-embedding-3-small" },
    { id: "qwen3", max_model_len: 32_768 },
    { id: "gemma", meta: { n_ctx_train: 8_192 }, architecture: { input_modalities: ["text", "image"] } },
    { id: "x/y", context_length: 9, supported_parameters: ["tools", "reasoning"] },
  ]
  const { fetch } = cannedFetch({ "/v1/models": JSON.stringify({ object: "list", data: listed }) })
  const models = await openaiProvider({ baseUrl: "http://host/v1", fetch }).list(new AbortController().signal)
  expect(models).toEqual([
    { id: "gpt-4o", name: "gpt-4o", capabilities: ["images", "tools"] },
    { id: "qwen3", name: "qwen3", capabilities: [], contextLength: 32_768 },
    { id: "gemma", name: "gemma", capabilities: ["images"], contextLength: 8_192 },
    { id: "x/y", name: "x/y", capabilities: ["tools", "reasoning"], contextLength: 9 },
  ])
})
