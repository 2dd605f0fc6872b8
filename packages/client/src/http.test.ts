import { afterEach, describe, expect, it, vi } from "vitest"
import { newId } from "@omnichat/core/protocol/id"
import { ManualClock } from "../test/manual-clock.ts"
import { createHttp } from "./http.ts"
import type { HttpApi } from "./http.ts"
import type { Token } from "./token.ts"

const chatId = newId("cht", 0)
const fileId = newId("fil", 0)
const chat = { id: chatId, title: "A chat", createdAt: "t", updatedAt: "t", leafId: null, runs: {} }

type Seen = { method: string; url: string; headers: Record<string, string>; body: unknown; keepalive: boolean }
type Wire = { http: HttpApi; seen: Seen[]; clock: ManualClock }

/** The HTTP side of a server that gives these answers, one after the other. */
function answering(answers: (Response | Error | "never")[], token?: (refused?: string) => Promise<Token>): Wire {
  const seen: Seen[] = []
  const clock = new ManualClock()
  const fetch = async (url: string | URL | Request, init: RequestInit = {}) => {
    const { body } = init
    seen.push({
      method: init.method ?? "GET",
      url: url instanceof Request ? url.url : String(url),
      headers: Object.fromEntries(new Headers(init.headers)),
      body: typeof body === "string" ? (JSON.parse(body) as unknown) : body,
      keepalive: init.keepalive ?? false,
    })
    const answer = answers.shift() ?? new TypeError("fetch failed")
    if (answer === "never")
      return new Promise<Response>((_resolve, reject) => {
        init.signal?.addEventListener("abort", () => reject(init.signal?.reason as Error))
      })
    if (answer instanceof Error) throw answer
    return answer
  }
  const http = createHttp({ baseUrl: "http://here", token: token ?? (async () => undefined), fetch, clock })
  return { http, seen, clock }
}

describe("the HTTP side", () => {
  it("asks as the protocol says", async () => {
    const page = { chats: [chat], next: "more" }
    const empty = new Response(null, { status: 204 })
    const { http, seen } = answering([Response.json(page), Response.json(chat), empty, Response.json({ messages: [] })])
    expect(await http.chats({ cursor: "a b", limit: 20 })).toEqual(page)
    expect(await http.patchChat(chatId, { title: "New" })).toEqual(chat)
    await http.deleteChat(chatId, { keepalive: true })
    expect(await http.messages(chatId)).toEqual({ messages: [] })
    expect(seen).toMatchObject([
      { method: "GET", url: "http://here/api/chats?cursor=a+b&limit=20", headers: {}, body: undefined },
      {
        method: "PATCH",
        url: `http://here/api/chats/${chatId}`,
        headers: { "content-type": "application/json" },
        body: { title: "New" },
      },
      { method: "DELETE", url: `http://here/api/chats/${chatId}`, keepalive: true },
      { method: "GET", url: `http://here/api/chats/${chatId}/messages` },
    ])
  })

  it("reads messages with every kind of part", async () => {
    const message = {
      id: newId("msg", 0),
      parentId: null,
      role: "assistant",
      parts: [
        { type: "step-start" },
        { type: "reasoning", id: "1", text: "Hm", state: "done", providerMetadata: { bedrock: { signature: "x" } } },
        { type: "text", text: "Yes", state: "done" },
        { type: "dynamic-tool", toolName: "add", toolCallId: "c", state: "output-available", input: {}, output: 3 },
        { type: "source-url", sourceId: "s", url: "https://example.org/" },
        { type: "source-document", sourceId: "s", mediaType: "application/pdf", title: "A paper" },
        { type: "file", mediaType: "image/png", url: "/api/files/x" },
      ],
      model: "demo/tour",
      status: "failed",
      usage: { inputTokens: 1, outputTokens: 2, durationMs: 3 },
      error: { code: "upstream_failed", message: "gone", retryable: true },
      createdAt: "t",
    }
    const { http } = answering([Response.json({ messages: [message] })])
    expect(await http.messages(chatId)).toEqual({ messages: [message] })
  })

  it("throws the server's error", async () => {
    const error = { code: "conflict", message: "fixed by the environment", retryable: false }
    const { http } = answering([Response.json({ error }, { status: 409 })])
    await expect(http.patchSettings({ demo: true })).rejects.toMatchObject({ name: "ClientError", ...error })
  })

  it("reads a foreign error by its status", async () => {
    const busy = new Response("slow down", { status: 429, headers: { "retry-after": "2" } })
    const { http } = answering([busy, new Response("<html>", { status: 502 })])
    await expect(http.models()).rejects.toMatchObject({ code: "rate_limited", retryable: true, retryAfterMs: 2000 })
    await expect(http.models()).rejects.toMatchObject({ code: "upstream_failed", retryable: true })
  })

  it("refuses an answer that is not what it should be", async () => {
    const { http } = answering([Response.json({ models: [{ id: 1 }] }), new Response("<html>")])
    await expect(http.models()).rejects.toMatchObject({
      code: "internal",
      message: expect.stringContaining("/api/models") as string,
    })
    await expect(http.config()).rejects.toMatchObject({ code: "internal" })
  })

  it("is offline when the server is not reached", async () => {
    const { http } = answering([new TypeError("fetch failed")])
    await expect(http.sources()).rejects.toMatchObject({ code: "offline", retryable: true })
  })

  it("gives up after 30 s", async () => {
    const { http, clock } = answering(["never"])
    const asked = expect(http.settings()).rejects.toMatchObject({ code: "timeout", retryable: true })
    await clock.armed(30_000)
    clock.advance(30_000)
    await asked
  })

  it("asks for a fresh token once when the one it has is refused", async () => {
    const told: (string | undefined)[] = []
    const refused = () =>
      Response.json({ error: { code: "unauthenticated", message: "x", retryable: false } }, { status: 401 })
    const { http, seen } = answering([refused(), Response.json(chat), refused(), refused()], async (token) => ({
      text: `t${told.push(token)}`,
    }))
    expect(await http.chat(chatId)).toEqual(chat)
    await expect(http.chat(chatId)).rejects.toMatchObject({ code: "unauthenticated" })
    expect(seen.map(({ headers }) => headers["authorization"])).toEqual([
      "Bearer t1",
      "Bearer t2",
      "Bearer t3",
      "Bearer t4",
    ])
    expect(told).toEqual([undefined, "t1", undefined, "t3"])
  })
})

describe("[H7] an upload", () => {
  const file = Object.assign(new Blob(["bytes"], { type: "image/png" }), { name: "a.png" })
  const created = (url: string) =>
    Response.json(
      { id: fileId, upload: { method: "PUT", url, headers: { "content-type": "image/png" } } },
      { status: 201 },
    )
  const putHere = { method: "PUT", url: "http://here/api/files/put?x=1", headers: { "content-type": "image/png" } }

  afterEach(() => vi.unstubAllGlobals())

  it("fetches a file with the token, from wherever it is sent on to", async () => {
    const { http, seen } = answering([new Response("bytes")], async () => ({ text: "t" }))
    expect(await (await http.file(fileId)).text()).toBe("bytes")
    expect(seen).toMatchObject([
      { method: "GET", url: `http://here/api/files/${fileId}`, headers: { authorization: "Bearer t" } },
    ])
  })

  it("gives up when no token can be had in its time: somebody may have to sign in first", async () => {
    const { http, seen, clock } = answering([], () => new Promise(() => {}))
    const asked = expect(http.settings()).rejects.toMatchObject({ code: "timeout" })
    await clock.armed(30_000)
    clock.advance(30_000)
    await asked
    expect(seen).toEqual([])
  })

  it("names the file and puts its bytes where the server says", async () => {
    const { http, seen } = answering([created("/api/files/put?x=1"), new Response(null)], async () => ({
      text: "secret",
    }))
    const progress: [number, number][] = []
    expect(await http.upload(file, { onProgress: (...now) => progress.push(now) })).toEqual({ id: fileId })
    expect(seen[0]).toMatchObject({ method: "POST", body: { name: "a.png", mediaType: "image/png", bytes: 5 } })
    expect(seen[1]).toEqual({ ...putHere, body: file, keepalive: false })
    expect(progress).toEqual([[5, 5]])
    expect(http.fileUrl(fileId)).toBe(`http://here/api/files/${fileId}`)
  })

  it("throws what the store says to the bytes", async () => {
    const { http } = answering([created("http://store/x"), new Response("<Error>", { status: 403 })])
    await expect(http.upload(file)).rejects.toMatchObject({ code: "forbidden" })
  })

  it("tells its progress where the browser can", async () => {
    const requests: BrowserRequest[] = []
    class BrowserRequest {
      readonly upload: { onprogress?: (event: { loaded: number }) => void } = {}
      readonly said: unknown[] = []
      status = 0
      responseText = ""
      onload: () => void = () => {}
      onloadend: () => void = () => {}
      constructor() {
        requests.push(this)
      }
      open(...args: string[]): void {
        this.said.push(args)
      }
      setRequestHeader(...args: string[]): void {
        this.said.push(args)
      }
      send(body: Blob): void {
        this.said.push(body)
        this.upload.onprogress?.({ loaded: 3 })
        this.upload.onprogress?.({ loaded: 5 })
        this.status = 200
        this.onload()
        this.onloadend()
      }
    }
    vi.stubGlobal("XMLHttpRequest", BrowserRequest)
    const { http } = answering([created("/api/files/put?x=1")])
    const progress: [number, number][] = []
    expect(await http.upload(file, { onProgress: (...now) => progress.push(now) })).toEqual({ id: fileId })
    expect(requests[0]?.said).toEqual([["PUT", putHere.url], ["content-type", "image/png"], file])
    expect(progress).toEqual([
      [3, 5],
      [5, 5],
    ])
  })
})
