import { PassThrough } from "node:stream"
import { once } from "node:events"
import type { Ports } from "@omnichat/core/ports"
import { describe, expect, it } from "vitest"
import { scene, tokens } from "../../../test/scene.ts"
import { testStreaming } from "../../../test/streaming.ts"
import { createApiFunction } from "./api.ts"
import { createWorkerFunction } from "./worker.ts"

const site = {
  issuer: "https://issuer/pool",
  clientId: "web",
  socketUrl: "wss://socket/live",
  siteUrl: "https://chat.example.com",
}
type Call = { method?: string; headers?: Record<string, string>; body?: string; query?: string; rest?: object }

/** A function URL: an event as it sends it, and the response as it reads it. */
function open(change: (ports: Ports) => Ports = (ports) => ports, environment = site) {
  const all = scene()
  const { lambda, preludes } = testStreaming()
  const api = createApiFunction({ ...all.runtime, ports: change(all.ports) }, tokens, environment, lambda)
  const begin = (path: string, { method = "GET", headers = {}, body, query = "", rest = {} }: Call = {}) => {
    const stream = new PassThrough()
    const event = {
      version: "2.0",
      rawPath: path,
      rawQueryString: query,
      headers: { host: "abc.lambda-url.eu-central-1.on.aws", ...headers },
      requestContext: { http: { method, path } },
      ...(body !== undefined && { body }),
      isBase64Encoded: false,
      ...rest,
    }
    return { stream, ended: api(event, stream) }
  }
  const call = async (path: string, options: Call = {}) => {
    const { stream, ended } = begin(path, options)
    const pieces: Buffer[] = []
    for await (const piece of stream) pieces.push(piece as Buffer)
    await ended
    const text = Buffer.concat(pieces).toString("utf8")
    const { statusCode, headers } = preludes.at(-1) ?? { statusCode: 0, headers: {} as Record<string, string> }
    const isJson = headers["content-type"]?.startsWith("application/json") === true
    return { status: statusCode, headers, text, json: isJson ? (JSON.parse(text) as Record<string, unknown>) : {} }
  }
  return { ...all, begin, call, preludes }
}
const asAlice = { authorization: "Bearer alice" }
const asJson = { ...asAlice, "content-type": "application/json" }

describe("the HTTP side", () => {
  it("says how to sign in, and where the socket is", async () => {
    const { json } = await open().call("/api/config")
    expect(json).toEqual({
      socketUrl: "wss://socket/live",
      mode: "aws",
      auth: { kind: "oidc", issuer: "https://issuer/pool", clientId: "web", scope: "openid email" },
    })
  })

  it("is alive, and ready when the store takes writes", async () => {
    const { call } = open()
    expect((await call("/health")).json).toMatchObject({ status: "ok" })
    expect(await call("/ready")).toMatchObject({ status: 200, json: { status: "ready", models: 1 } })
    expect((await call("/metrics", { headers: asAlice })).status).toBe(403)
  })

  it.each([
    [{}, 401],
    [{ authorization: "Bearer forged-1" }, 401],
    [{ authorization: "Basic YWxpY2U6" }, 401],
    [{ authorization: "Bearer new" }, 403],
    [{ authorization: "Bearer alice" }, 200],
  ])("knows who asks by %j", async (headers, status) => {
    const { status: answered, json, headers: told } = await open().call("/api/models", { headers })
    expect(answered).toBe(status)
    expect(told["x-content-type-options"]).toBe("nosniff")
    if (status === 401) expect(json["error"]).toMatchObject({ code: "unauthenticated" })
  })

  it("takes bodies as text or base 64, and none with a GET", async () => {
    const { call } = open()
    const body = JSON.stringify({ name: "a.txt", mediaType: "text/plain", bytes: 3 })
    const sent = { method: "POST", headers: asJson }
    expect((await call("/api/files", { ...sent, body })).status).toBe(201)
    const rest = { body: Buffer.from(body).toString("base64"), isBase64Encoded: true }
    const { status, json } = await call("/api/files", { ...sent, rest })
    expect(status).toBe(201)
    expect(json["upload"]).toMatchObject({ url: `https://files/files/${String(json["id"])}` })
    expect((await call("/api/chats", { headers: asAlice, body: "x" })).status).toBe(200)
    expect((await call("/api/chats", { headers: asAlice, query: "limit=0" })).status).toBe(400)
  })

  it.each([
    ["https://chat.example.com", {}, 201],
    ["https://evil.example", {}, 403],
    ["null", {}, 403],
    ["https://chat.example.com.evil.example", {}, 403],
    ["http://localhost:5173", {}, 403],
    ["http://localhost:5173", { "x-forwarded-host": "localhost:5173" }, 201],
    ["https://evil.example", { "x-forwarded-host": "chat.example.com" }, 403],
  ])("takes from a page of %s with %j what is no GET: %d", async (origin, headers, status) => {
    const { call } = open()
    const body = JSON.stringify({ name: "a.txt", mediaType: "text/plain", bytes: 3 })
    const answer = await call("/api/files", { method: "POST", headers: { ...asJson, ...headers, origin }, body })
    expect(answer.status).toBe(status)
    expect(answer.headers["x-content-type-options"]).toBe("nosniff")
    expect((await call("/api/chats", { headers: { ...asAlice, origin } })).status).toBe(200)
  })

  it("sends who wants a large file to where it lies", async () => {
    const downloadUrl = async (key: string, { contentDisposition }: { contentDisposition: string }) =>
      `https://files/${key}?as=${encodeURIComponent(contentDisposition)}`
    const { call, stored } = open((ports) => ({ ...ports, blobs: { ...ports.blobs, downloadUrl } }))
    const body = JSON.stringify({ name: "ä.txt", mediaType: "text/plain", bytes: 2_000_000 })
    const { json } = await call("/api/files", { method: "POST", headers: asJson, body })
    const path = `/api/files/${String(json["id"])}`
    expect((await call(path, { headers: asAlice })).status).toBe(404)
    stored.set(`files/${String(json["id"])}`, new Uint8Array(2_000_000))
    const { status, headers, text } = await call(path, { headers: asAlice })
    expect([status, text]).toEqual([302, ""])
    expect(decodeURIComponent(headers["location"] ?? "")).toContain(`attachment; filename="_.txt"; filename*=UTF-8''`)
    expect(headers["cache-control"]).toBe("no-store")
    expect((await call(path, { headers: { authorization: "Bearer bob" } })).status).toBe(404)
  })

  it("answers what cannot be a request", async () => {
    const { call } = open()
    expect((await call("/api/chats", { headers: { "x-odd": "\u{1f600}" } })).status).toBe(400)
    expect((await call("//evil.example/api/chats", { headers: asAlice })).status).toBe(404)
    expect((await call("/", { rest: { rawPath: 7 } })).status).toBe(400)
  })
})

describe("a stream", () => {
  const runId = "run_01ARZ3NDEKTSV4RRFFQ69G5FAV"
  const start = JSON.stringify({ runId, model: "demo/tour", message: { parts: [{ type: "text", text: "Hi" }] } })

  it("goes to its end", async () => {
    const { call, runtime, dispatched } = open()
    expect((await call("/api/runs", { method: "POST", headers: asJson, body: start })).status).toBe(202)
    const reading = call(`/api/runs/${runId}/events`, { headers: asAlice })
    await createWorkerFunction(runtime)(dispatched[0], { getRemainingTimeInMillis: () => 900_000 })
    const { status, headers, text } = await reading
    expect([status, headers["content-type"]]).toEqual([200, "text/event-stream; charset=utf-8"])
    expect(text).toMatch(/^id: 1\ndata: \{"type":"start"/)
    expect(text).toMatch(/data: \[DONE\]\n\n$/)
  })

  it("is read no longer when its client leaves", async () => {
    const { call, begin, log } = open()
    await call("/api/runs", { method: "POST", headers: asJson, body: start })
    const { stream, ended } = begin(`/api/runs/${runId}/events`, { headers: asAlice })
    await once(stream, "data")
    stream.destroy()
    await ended
    expect(log.filter((line) => line.includes("PREMATURE_CLOSE") || line.includes("broke-off"))).toHaveLength(1)
  })
})
