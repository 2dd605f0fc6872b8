import { newId } from "@omnichat/core/protocol/id"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { startOllamaStandIn, usualModels } from "../../../../tests/support/ollama-stand-in.ts"
import type { OllamaStandIn } from "../../../../tests/support/ollama-stand-in.ts"
import { asJson, startLocalServer } from "../../test/server.ts"
import type { LocalServer } from "../../test/server.ts"

let ollama: OllamaStandIn
let server: LocalServer
beforeAll(async () => {
  ollama = await startOllamaStandIn({
    models: [...usualModels, { name: "holds:latest", holdAfter: 2, text: "On and on and on and on." }],
  })
  server = await startLocalServer({ ollamaUrls: [ollama.url] })
})
afterAll(async () => {
  await server.close()
  await ollama.close()
})

const start = (text: string, extra: object = {}) => ({
  runId: newId("run", Date.now()),
  model: "ollama/echo",
  message: { parts: [{ type: "text", text }] },
  ...extra,
})
const absent = { run: "run_01ARZ3NDEKTSV4RRFFQ69G5FAV", chat: "cht_01ARZ3NDEKTSV4RRFFQ69G5FAV" }
const codeOf = (body: unknown): string => (body as { error: { code: string } }).error.code

/** A run from its start to its end, over HTTP alone. */
async function answered(text: string): Promise<{ runId: string; chatId: string; events: string }> {
  const begun = await server.json("/api/runs", asJson("POST", start(text)))
  expect(begun.status).toBe(202)
  const { runId, chatId } = begun.body as { runId: string; chatId: string }
  const stream = await fetch(`${server.url}/api/runs/${runId}/events`)
  return { runId, chatId, events: await stream.text() }
}

describe("a run over HTTP", () => {
  it("is started, read to its end, and stored", async () => {
    const { runId, chatId, events } = await answered("Hello")
    expect(events).toMatch(/^id: 1\ndata: \{"type":"start"/)
    expect(events).toMatch(/"type":"finish"[^\n]*\n\ndata: \[DONE\]\n\n$/)
    const { body } = await server.json(`/api/chats/${chatId}/messages`)
    expect(body).toMatchObject({ messages: [{ role: "assistant", status: "complete", runId }, { role: "user" }] })
    const list = await server.json("/api/chats?limit=1")
    expect(list.body).toMatchObject({ chats: [{ id: chatId, runs: {} }] })
  })

  it("is resumed by Last-Event-ID, which wins over `after`", async () => {
    const { runId, events } = await answered("Again")
    const url = `${server.url}/api/runs/${runId}/events?after=1`
    const byQuery = await fetch(url)
    expect([byQuery.headers.get("content-type"), byQuery.headers.get("x-vercel-ai-ui-message-stream")]).toEqual([
      "text/event-stream; charset=utf-8",
      "v1",
    ])
    expect(await byQuery.text()).toBe(events.slice(events.indexOf("id: 2\n")))
    const byHeader = await fetch(url, { headers: { "last-event-id": "2" } })
    expect(await byHeader.text()).toBe(events.slice(events.indexOf("id: 3\n")))
    for (const after of ["9999", "-1", "1.5", "x", ""]) {
      expect((await server.json(`/api/runs/${runId}/events?after=${after}`)).status).toBe(400)
    }
    expect((await fetch(url, { headers: { "last-event-id": "9999" } })).status).toBe(400)
    expect((await fetch(url, { method: "HEAD" })).status).toBe(200)
  })

  it("is stopped", async () => {
    const begun = await server.json("/api/runs", asJson("POST", start("Hold", { model: "ollama/holds" })))
    const { runId } = begun.body as { runId: string }
    const stopped = await server.json(`/api/runs/${runId}/stop`, { method: "POST" })
    expect([stopped.status, stopped.body]).toMatchObject([200, { runId }])
    const events = await (await fetch(`${server.url}/api/runs/${runId}/events`)).text()
    expect(events).toContain('"type":"abort"')
    expect((await server.json(`/api/runs/${runId}/stop`, asJson("POST", {}))).body).toEqual({
      runId,
      status: "stopped",
    })
    expect((await server.json(`/api/runs/${runId}/stop`, { method: "POST" })).status).toBe(200)
  })

  it("may have a body of 4 MB", async () => {
    const text = "x".repeat(4 * 1024 * 1024 - 300)
    expect((await server.json("/api/runs", asJson("POST", start(text)))).status).toBe(202)
    const larger = await server.json("/api/runs", asJson("POST", start(`${text}${"x".repeat(400)}`)))
    expect([larger.status, codeOf(larger.body)]).toEqual([413, "too_large"])
  })
})

describe("refusals", () => {
  it.each([
    ["GET", `/api/chats/${absent.chat}`],
    ["DELETE", `/api/chats/${absent.chat}`],
    ["GET", `/api/chats/${absent.chat}/messages`],
    ["GET", `/api/runs/${absent.run}/events`],
    ["POST", `/api/runs/${absent.run}/stop`],
    ["GET", "/api/files/fil_01ARZ3NDEKTSV4RRFFQ69G5FAV"],
    ["GET", "/api/chats/cht_1"],
    ["GET", "/api/chats/cht_01ARZ3NDEKTSV4RRFFQ69G5FAVX"],
    ["GET", "/api/chats/cht_01arz3ndektsv4rrffq69g5fav"],
    ["GET", `/api/chats/${absent.run}`],
    ["GET", "/api/runs/..%2f..%2fetc/events"],
    ["GET", "/api/nothing"],
    ["GET", "/api"],
    ["POST", "/api/chats"],
    ["PUT", "/api/models"],
  ])("%s %s is not found", async (method, path) => {
    const { status, body } = await server.json(path, { method })
    expect([status, codeOf(body)]).toEqual([404, "not_found"])
  })

  it.each([
    ["/api/chats?limit=0"],
    ["/api/chats?limit=101"],
    ["/api/chats?limit=ten"],
    ["/api/chats?limit="],
    ["/api/chats?cursor=forged"],
  ])("GET %s is invalid", async (path) => {
    const { status, body } = await server.json(path)
    expect([status, codeOf(body)]).toEqual([400, "invalid"])
  })

  it.each([
    ["/api/runs", "POST", {}],
    ["/api/runs", "POST", start("x", { owner: "me" })],
    ["/api/runs", "POST", start("x", { params: { temperature: 3 } })],
    ["/api/files", "POST", { name: "a.png", mediaType: "image/png", bytes: 26_214_401 }],
    ["/api/files", "POST", { name: "a.svg", mediaType: "image/svg+xml", bytes: 10 }],
    ["/api/settings", "PATCH", { ollamaUrls: ["not an address"] }],
    [`/api/chats/${absent.chat}`, "PATCH", { title: "" }],
    [`/api/chats/${absent.chat}`, "PATCH", { title: "x", pinned: true }],
  ])("%s with a wrong body is invalid (%#)", async (path, method, body) => {
    const refused = await server.json(path, asJson(method, body))
    expect([refused.status, codeOf(refused.body)]).toEqual([400, "invalid"])
  })

  it("a model that does not exist is named", async () => {
    const { status, body } = await server.json("/api/runs", asJson("POST", start("x", { model: "ollama/ecoh" })))
    expect([status, codeOf(body)]).toEqual([404, "model_not_found"])
    expect(JSON.stringify(body)).toContain("ollama/echo")
  })

  it("a body larger than 256 KB is too large, except for runs", async () => {
    const title = "x".repeat(256 * 1024)
    const { status } = await server.json(`/api/chats/${absent.chat}`, asJson("PATCH", { title }))
    expect(status).toBe(413)
  })
})

describe("chats", () => {
  it("are renamed and deleted", async () => {
    const { chatId } = await answered("Name me")
    const renamed = await server.json(`/api/chats/${chatId}`, asJson("PATCH", { title: "  Named  " }))
    expect([renamed.status, renamed.body]).toMatchObject([200, { id: chatId, title: "Named" }])
    const deleted = await server.json(`/api/chats/${chatId}`, { method: "DELETE" })
    expect([deleted.status, deleted.body]).toEqual([204, undefined])
    expect((await server.json(`/api/chats/${chatId}`)).status).toBe(404)
  })
})

describe("for whoever watches", () => {
  it("/health, /ready, /api/config and /api/models say how things are", async () => {
    expect((await server.json("/health")).body).toEqual({ status: "ok", service: "omnichat", version: "0.0.0-test" })
    const ready = await server.json("/ready")
    expect([ready.status, ready.body]).toMatchObject([200, { status: "ready", store: "ok" }])
    expect((await server.json("/api/config")).body).toEqual({
      socketUrl: `ws://127.0.0.1:${server.port}/socket`,
      mode: "local",
      auth: { kind: "none" },
    })
    const { models } = (await server.json("/api/models")).body as { models: { id: string }[] }
    expect(models.map(({ id }) => id)).toEqual(expect.arrayContaining(["ollama/echo:latest", "demo/tour"]))
  })

  it("/api/config gives the address by which one came", async () => {
    const response = await fetch(`http://localhost:${server.port}/api/config`)
    expect(await response.json()).toMatchObject({ socketUrl: `ws://localhost:${server.port}/socket` })
  })

  it("/metrics counts", async () => {
    await answered("Count me")
    const response = await fetch(`${server.url}/metrics`)
    expect(response.headers.get("content-type")).toContain("text/plain")
    const text = await response.text()
    for (const name of [
      "omnichat_runs_started_total",
      'omnichat_runs_ended_total{status="complete"}',
      "omnichat_first_token_seconds_count",
      "omnichat_tokens_per_second_bucket",
      "omnichat_queue_seconds_sum",
      "omnichat_connections 0",
      "process_resident_memory_bytes",
    ]) {
      expect(text).toContain(name)
    }
  })
})
