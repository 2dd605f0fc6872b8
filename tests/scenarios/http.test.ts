import { describe, expect, it } from "vitest"
import { exchange } from "../support/raw-http.ts"
import { echoModel, runtimeKind } from "../support/runtime.ts"
import { newId } from "./ids.ts"
import { shapeProblem } from "./rules.ts"
import { expectHttpRefusal, question, startOf, useScene } from "./scene.ts"
import type { Fields } from "./scene.ts"

const scene = useScene()

const bodyOf = (fields: Fields = {}): Fields => {
  const { action: _, ...body } = startOf(fields)
  return body
}

describe("requests and refusals", () => {
  it("[H1] errors are JSON with code, message and retryable, and the status that belongs to the code", async () => {
    const socket = await scene.connect()
    const { ack } = await scene.run(socket)
    const { chatId, runId } = ack
    const wanted: [number, string, string, string, Fields?][] = [
      [400, "invalid", "POST", "/api/runs", bodyOf({ message: { parts: [] } })],
      [400, "invalid", "PATCH", `/api/chats/${chatId}`, { title: 7 }],
      [400, "invalid", "GET", "/api/chats?limit=x"],
      [404, "not_found", "GET", `/api/chats/${newId("cht")}`],
      [404, "not_found", "GET", `/api/chats/${newId("cht")}/messages`],
      [404, "not_found", "GET", `/api/runs/${newId("run")}/events`],
      [404, "not_found", "POST", `/api/runs/${newId("run")}/stop`],
      [404, "not_found", "GET", `/api/files/${newId("fil")}`],
      [404, "not_found", "DELETE", `/api/chats/${newId("cht")}`],
      [404, "not_found", "PATCH", `/api/chats/${newId("cht")}`, { title: "x" }],
      [404, "not_found", "GET", "/api/nothing"],
      // what is not below /api/ is the page's on AWS
      ...(runtimeKind === "local" ? ([[404, "not_found", "GET", "/api"]] as [number, string, string, string][]) : []),
      [404, "model_not_found", "POST", "/api/runs", bodyOf({ model: `${echoModel}-none` })],
      [409, "conflict", "POST", "/api/runs", bodyOf({ runId, message: question("Other.") })],
    ]
    for (const [status, code, method, path, body] of wanted) {
      expectHttpRefusal(await scene.http(method, path, body === undefined ? {} : { body }), status, code)
    }
  })

  it("[H1, A1] unknown fields and what is no JSON object are invalid", async () => {
    const socket = await scene.connect()
    const { ack } = await scene.run(socket)
    const before = await scene.snapshot(ack.chatId)
    const headers = { "content-type": "application/json" }
    const chat = `/api/chats/${ack.chatId}`
    for (const body of ["", "{", "null", "[]", '"x"', "7", '{"title":"x",}', "{\"title\":'x'}"]) {
      expectHttpRefusal(await scene.http("PATCH", chat, { headers, body }), 400, "invalid")
      expectHttpRefusal(await scene.http("POST", "/api/runs", { headers, body }), 400, "invalid")
      expectHttpRefusal(await scene.http("POST", "/api/files", { headers, body }), 400, "invalid")
    }
    const extra = { extra: 1 }
    const file = { name: "a.png", mediaType: "image/png", bytes: 7 }
    expectHttpRefusal(await scene.http("PATCH", chat, { body: { title: "x", ...extra } }), 400, "invalid")
    expectHttpRefusal(await scene.http("PATCH", chat, { body: { id: ack.chatId } }), 400, "invalid")
    expectHttpRefusal(await scene.http("POST", "/api/runs", { body: bodyOf(extra) }), 400, "invalid")
    expectHttpRefusal(
      await scene.http("POST", "/api/runs", { body: { ...bodyOf(), action: "run.start" } }),
      400,
      "invalid",
    )
    expectHttpRefusal(await scene.http("POST", "/api/files", { body: { ...file, ...extra } }), 400, "invalid")
    const invalidUtf8 = Buffer.concat([Buffer.from('{"title":"'), Buffer.from([0xff]), Buffer.from('"}')])
    expectHttpRefusal(await scene.http("PATCH", chat, { headers, body: invalidUtf8 }), 400, "invalid")
    expect(await scene.snapshot(ack.chatId)).toBe(before)
  })

  it("[H1] a wrong token is unauthenticated or forbidden, in the form of all errors", async () => {
    const answer = await scene.http("GET", "/api/chats", { headers: { authorization: "Bearer omk_wrong" } })
    expectHttpRefusal(answer, answer.status)
    const codes: Record<number, string> = { 401: "unauthenticated", 403: "forbidden" }
    expect((answer.body as { error: { code: string } }).error.code).toBe(codes[answer.status])
  })

  it("[H1, H3] too large a body is 413 too_large, announced or not", async () => {
    const body = bodyOf({ message: question("x".repeat(4 * 1024 * 1024)) })
    const headers = { "content-type": "application/json" }
    expectHttpRefusal(await scene.http("POST", "/api/runs", { body }), 413, "too_large")
    const unannounced = { body: JSON.stringify(body), headers, chunked: true }
    expectHttpRefusal(await scene.http("POST", "/api/runs", unannounced), 413, "too_large")
  })

  it("[H2, H1] a body needs its content type, else 415, and nothing is done", async () => {
    const socket = await scene.connect()
    const { ack } = await scene.run(socket)
    const before = await scene.snapshot(ack.chatId)
    const chat = `/api/chats/${ack.chatId}`
    const types = [
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=x",
      "text/json",
      "",
    ]
    for (const type of types) {
      const headers: Record<string, string> = type === "" ? {} : { "content-type": type }
      const body = JSON.stringify(bodyOf())
      expectHttpRefusal(await scene.http("POST", "/api/runs", { headers, body }), 415)
      expectHttpRefusal(await scene.http("PATCH", chat, { headers, body: '{"title":"x"}' }), 415)
      const file = '{"name":"a.png","mediaType":"image/png","bytes":7}'
      expectHttpRefusal(await scene.http("POST", "/api/files", { headers, body: file }), 415)
    }
    expect(await scene.snapshot(ack.chatId)).toBe(before)
  })

  it("[H2] the content type may have parameters and capitals", async () => {
    const socket = await scene.connect()
    const { ack } = await scene.run(socket)
    for (const type of ["application/json; charset=utf-8", "Application/JSON", "application/json;charset=UTF-8"]) {
      const headers = { "content-type": type }
      const answer = await scene.http("PATCH", `/api/chats/${ack.chatId}`, { headers, body: '{"title":"x"}' })
      expect({ type, status: answer.status }).toEqual({ type, status: 200 })
    }
  })

  it("[H2, C4] what changes something needs an own or absent Origin", async () => {
    const socket = await scene.connect()
    const { ack } = await scene.run(socket)
    const before = await scene.snapshot(ack.chatId)
    for (const origin of ["null", "http://evil.example"]) {
      const headers = { origin }
      const requests: [string, string, Fields?][] = [
        ["DELETE", `/api/chats/${ack.chatId}`],
        ["PATCH", `/api/chats/${ack.chatId}`, { title: "x" }],
        ["POST", `/api/runs/${ack.runId}/stop`],
        ["POST", "/api/runs", bodyOf()],
        ["POST", "/api/files", { name: "a.png", mediaType: "image/png", bytes: 7 }],
      ]
      for (const [method, path, body] of requests) {
        const answer = await scene.http(method, path, body === undefined ? { headers } : { headers, body })
        expect({ method, path, origin, status: answer.status }).toEqual({ method, path, origin, status: 403 })
      }
    }
    expect(await scene.snapshot(ack.chatId)).toBe(before)
    const own = { headers: { origin: scene.runtime.origin } }
    expect((await scene.http("POST", `/api/runs/${ack.runId}/stop`, own)).status).toBe(200)
    expect((await scene.http("DELETE", `/api/chats/${ack.chatId}`, own)).status).toBe(204)
  })

  it("[H2] nothing is told to pages of others: no CORS headers, and no answer to a preflight", async () => {
    const host = new URL(scene.runtime.httpUrl).host
    const lines = [`Host: ${host}`, "Origin: http://evil.example", "Access-Control-Request-Method: POST"]
    const preflight = ["OPTIONS /api/runs HTTP/1.1", ...lines, "", ""].join("\r\n")
    const answer = await exchange(scene.runtime.httpUrl, preflight)
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.head.toLowerCase()).not.toContain("access-control-")
    const { headers } = await scene.http("GET", "/api/chats", { headers: { origin: scene.runtime.origin } })
    expect(Object.keys(headers).filter((name) => name.startsWith("access-control-"))).toEqual([])
  })
})

describe("models and health", () => {
  it("[H8] the models that can be asked", async () => {
    const { status, body } = await scene.http("GET", "/api/models")
    expect(status).toBe(200)
    expect(Object.keys(body as object)).toEqual(["models"])
    const { models } = body as { models: Fields[] }
    const isText = (value: unknown) => typeof value === "string" && value !== ""
    for (const model of models) {
      const problem = shapeProblem(model, {
        id: isText,
        name: isText,
        provider: isText,
        "contextLength?": (value) => Number.isSafeInteger(value) && Number(value) > 0,
        capabilities: (value) => Array.isArray(value) && value.every(isText),
      })
      expect(problem).toBeUndefined()
    }
    const echo = models.find(({ id }) => id === echoModel)
    expect(echo).toMatchObject({ provider: echoModel.split("/")[0], contextLength: 32_768 })
    const ids = scene.runtime.upstream.ids()
    expect(new Set(models.map(({ id }) => id))).toEqual(new Set(ids))
    expect(models).toHaveLength(ids.length)
  })

  it("[H8] health, readiness and metrics", async () => {
    expect((await scene.http("GET", "/health")).status).toBe(200)
    const ready = await scene.http("GET", "/ready")
    expect(ready.status).toBe(200)
    const metrics = await scene.http("GET", "/metrics")
    // on AWS CloudWatch counts
    if (runtimeKind === "aws") {
      expect(metrics.status).toBe(404)
      return
    }
    expect(metrics.status).toBe(200)
    expect(metrics.headers["content-type"]).toMatch(/^text\/plain\b/)
    expect(metrics.text).toMatch(/^# TYPE \S+ (?:counter|gauge|histogram|summary)$/m)
  })

  it.runIf(runtimeKind === "aws")(
    "[H8] Bedrock's models are ready unasked, and a server that is silent is told",
    async () => {
      const { body: before } = await scene.http("GET", "/api/models")
      await scene.runtime.upstream.down()
      expect((await scene.http("GET", "/health")).status).toBe(200)
      expect((await scene.http("GET", "/api/models")).body).toEqual(before)
      let ready = await scene.http("GET", "/ready")
      /** What a server said is good for about a second. */
      while (!ready.text.includes("silent")) ready = await scene.http("GET", "/ready")
      const sources = [
        { provider: "bedrock", state: "found" },
        { provider: "openai", state: "silent" },
      ]
      expect(ready).toMatchObject({
        status: 200,
        body: { status: "ready", store: "ok", sources: expect.arrayContaining(sources) as unknown },
      })
      await scene.runtime.upstream.up()
    },
  )

  it.runIf(runtimeKind === "local")(
    "[H8] with no model server there are health and the models seen last, and readiness ends and comes back",
    async () => {
      /** What a server said is good for about a second. */
      const readiness = async (wanted: number) => {
        let answer = await scene.http("GET", "/ready")
        while (answer.status !== wanted) answer = await scene.http("GET", "/ready")
        return answer.body
      }

      const { body: before } = await scene.http("GET", "/api/models")
      await scene.runtime.upstream.down()
      expect((await scene.http("GET", "/health")).status).toBe(200)
      expect((await scene.http("GET", "/api/models")).body).toEqual(before)
      expect(await readiness(503)).toMatchObject({
        status: "not ready",
        store: "ok",
        sources: expect.arrayContaining([{ provider: "ollama", state: "silent" }]) as unknown,
        message: expect.stringContaining("start a model server") as string,
      })
      await scene.runtime.upstream.up()
      expect(await readiness(200)).toMatchObject({
        status: "ready",
        sources: expect.arrayContaining([{ provider: "ollama", state: "found" }]) as unknown,
      })
    },
  )
})
