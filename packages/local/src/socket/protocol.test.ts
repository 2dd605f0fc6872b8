import { once } from "node:events"
import { newId } from "@omnichat/core/protocol/id"
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import { WebSocket } from "ws"
import { startOllamaStandIn } from "../../../../tests/support/ollama-stand-in.ts"
import type { OllamaStandIn } from "../../../../tests/support/ollama-stand-in.ts"
import { startLocalServer } from "../../test/server.ts"
import type { LocalServer } from "../../test/server.ts"

type Frame = Record<string, unknown>

let ollama: OllamaStandIn
let server: LocalServer
beforeAll(async () => {
  ollama = await startOllamaStandIn()
  server = await startLocalServer({ ollamaUrls: [ollama.url] })
})
afterAll(async () => {
  await server.close()
  await ollama.close()
})
const open: WebSocket[] = []
afterEach(() => open.splice(0).forEach((socket) => socket.terminate()))

/** A socket, and the frames that come on it one by one. */
async function connect(protocols: string[] = []) {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/socket`, protocols)
  open.push(socket)
  const frames: Frame[] = []
  const waiting: (() => void)[] = []
  socket.on("message", (data: Buffer) => {
    frames.push(JSON.parse(data.toString()) as Frame)
    waiting.splice(0).forEach((wake) => wake())
  })
  const closed = once(socket, "close").then(([code]) => code as number)
  await once(socket, "open")
  /** The first frame that fits, taken out. */
  const frame = async (fits: (frame: Frame) => boolean): Promise<Frame> => {
    for (;;) {
      const index = frames.findIndex(fits)
      if (index >= 0) return frames.splice(index, 1)[0]!
      await new Promise<void>((resolve) => waiting.push(resolve))
    }
  }
  return {
    socket,
    closed,
    send: (value: unknown) => socket.send(typeof value === "string" ? value : JSON.stringify(value)),
    frame,
    answer: (id: string) => frame((candidate) => candidate["id"] === id && candidate["type"] !== "run"),
    error: () => frame((candidate) => candidate["type"] === "error" && !("id" in candidate)),
  }
}

describe("the handshake", () => {
  it("selects omnichat.v1 whenever it is offered, and nothing else", async () => {
    expect((await connect()).socket.protocol).toBe("")
    expect((await connect(["omnichat.v1"])).socket.protocol).toBe("omnichat.v1")
    expect((await connect(["other", "omnichat.v1"])).socket.protocol).toBe("omnichat.v1")
    expect((await connect(["omnichat.v1"])).socket.extensions).toBe("")
  })

  it("is at /socket only", async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/elsewhere`)
    const [, response] = (await once(socket, "unexpected-response")) as [unknown, { statusCode: number }]
    expect(response.statusCode).toBe(404)
  })
})

describe("actions", () => {
  it("are answered by one frame with their id", async () => {
    const { send, answer, frame } = await connect()
    send({ action: "ping", id: "p" })
    expect(await answer("p")).toEqual({ type: "pong", id: "p" })
    const runId = newId("run", Date.now())
    const body = { model: "ollama/echo", message: { parts: [{ type: "text", text: "Hello" }] } }
    send({ action: "run.start", id: "s", runId, ...body })
    expect(await answer("s")).toMatchObject({ type: "ack", runId, status: "running" })
    await frame(({ type, events }) => type === "run" && JSON.stringify(events).includes('"type":"finish"'))
    send({ action: "run.follow", id: "f", runId, after: 0 })
    expect(await answer("f")).toMatchObject({ type: "ack", runId, status: "complete" })
    await frame(({ type, from }) => type === "run" && from === 1)
    send({ action: "run.unfollow", id: "u", runId })
    expect(await answer("u")).toEqual({ type: "ack", id: "u", runId })
    send({ action: "run.stop", id: "x", runId })
    expect(await answer("x")).toEqual({ type: "ack", id: "x", runId, status: "complete" })
    send({ action: "run.follow", id: "g", runId, after: 9999 })
    expect(await answer("g")).toMatchObject({ type: "error", code: "invalid", retryable: false })
    send({ action: "run.approve", id: "a", runId, approvalId: "a1", approved: true })
    expect(await answer("a")).toMatchObject({ type: "error", code: "not_found" })
  })

  it.each([
    ["run.explode", {}],
    ["run.follow", { runId: "run_1", after: 0 }],
    ["run.follow", { runId: "run_01ARZ3NDEKTSV4RRFFQ69G5FAV", after: -1 }],
    ["run.stop", {}],
    ["run.approve", { runId: "run_01ARZ3NDEKTSV4RRFFQ69G5FAV", approvalId: "a" }],
    ["ping", { extra: true }],
  ])("of a wrong form are invalid, with their id (%s %j)", async (action, fields) => {
    const { send, answer } = await connect()
    send({ action, id: "1", ...fields })
    expect(await answer("1")).toMatchObject({ type: "error", code: "invalid", retryable: false })
  })

  it.each([
    "not json",
    "[]",
    "null",
    '"ping"',
    '{"action":"ping"}',
    '{"action":"ping","id":""}',
    '{"action":"ping","id":7}',
    JSON.stringify({ action: "ping", id: "x".repeat(65) }),
  ])("without a usable id are invalid, without an id, and the connection stays (%s)", async (text) => {
    const { send, error, answer } = await connect()
    send(text)
    expect(await error()).toMatchObject({ code: "invalid" })
    send({ action: "ping", id: "x".repeat(64) })
    await answer("x".repeat(64))
  })

  it("may not be binary, and the connection stays", async () => {
    const { socket, send, error, answer } = await connect()
    socket.send(Buffer.from('{"action":"ping","id":"b"}'))
    expect(await error()).toMatchObject({ code: "invalid" })
    send({ action: "ping", id: "t" })
    await answer("t")
  })
})

describe("limits", () => {
  const sized = (bytes: number) =>
    JSON.stringify({ action: "ping", id: "big", pad: "é" }).replace("é", "é".repeat((bytes - 40) / 2))

  it("a message has at most 32,768 bytes", async () => {
    const { send, answer, closed } = await connect()
    const exact = sized(32_768)
    const missing = 32_768 - Buffer.byteLength(exact)
    const text = exact.replace('"pad":"', `"pad":"${"x".repeat(missing)}`)
    expect(Buffer.byteLength(text)).toBe(32_768)
    send(text)
    expect(await answer("big")).toMatchObject({ code: "invalid" })
    send(`${text} `)
    expect(await closed).toBe(1009)
  })

  it("also in fragments", async () => {
    const { socket, closed } = await connect()
    for (let index = 0; index < 4; index++) socket.send("x".repeat(10_000), { fin: false })
    expect(await closed).toBe(1009)
  })

  it("text is UTF-8", async () => {
    const { socket, closed } = await connect()
    socket.send(Buffer.from([0x22, 0xff, 0x22]), { binary: false })
    expect(await closed).toBe(1007)
  })

  it("1,000 actions are served at once; beyond that the client is told when to try again", async () => {
    const { send, answer } = await connect()
    const ids = Array.from({ length: 1500 }, (_, index) => `p${index}`)
    for (const id of ids) send({ action: "ping", id })
    const answers: Frame[] = []
    for (const id of ids) answers.push(await answer(id))
    const pongs = answers.filter(({ type }) => type === "pong")
    expect(pongs.length).toBeGreaterThanOrEqual(1000)
    const limited = answers.filter(({ type }) => type === "error")
    expect(limited.length).toBeGreaterThan(0)
    expect(limited[0]).toMatchObject({
      code: "rate_limited",
      retryable: true,
      retryAfterMs: expect.any(Number) as number,
    })
  })

  it("a user has 20 connections; the oldest gives way", async () => {
    const first = await connect()
    const second = await connect()
    for (let index = 0; index < 18; index++) await connect()
    second.send({ action: "ping", id: "1" })
    await second.answer("1")
    await connect()
    await first.closed
    second.send({ action: "ping", id: "2" })
    await second.answer("2")
  })
})
