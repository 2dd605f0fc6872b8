import { once } from "node:events"
import { connect } from "node:net"
import { afterEach, describe, expect, it } from "vitest"
import { ask, rawHttp, upgrade } from "../../test/raw.ts"
import { createLog } from "@omnichat/functions/log"
import { openDoor } from "./door.ts"
import type { Door, Handlers } from "./door.ts"

const doors: Door[] = []
afterEach(async () => {
  await Promise.all(doors.splice(0).map((door) => door.close(0)))
})

async function scene(): Promise<{ door: Door; lines: string[] }> {
  const lines: string[] = []
  const log = createLog("debug", (line) => void lines.push(line))
  const door = await openDoor({ host: "127.0.0.1", port: 0 }, log)
  doors.push(door)
  return { door, lines }
}

const handlers: Handlers = {
  api: async (_request, response) => void response.end("api"),
  page: async (_request, response) => void response.end("page"),
  socket: (_request, stream) => void stream.end("HTTP/1.1 101 Switching Protocols\r\n\r\n"),
}
const get = async (door: Door, request: string) => {
  const { status, body } = await rawHttp(door.port, ask(door.port, request, "Connection: close"))
  return [status, body.replace(/^\w+\r\n|\r\n.*$/gs, "")]
}

describe("the door", () => {
  it("says that the server is starting until it is open", async () => {
    const { door, lines } = await scene()
    for (const path of ["/health", "/", "/api/chats"]) {
      const { status, headers, body } = await rawHttp(door.port, ask(door.port, `GET ${path}`))
      expect([status, headers.get("retry-after")]).toEqual([503, "1"])
      expect(JSON.parse(body)).toMatchObject({ error: { retryable: true } })
    }
    expect((await rawHttp(door.port, ask(door.port, "GET /socket", ...upgrade))).status).toBe(503)
    expect((await rawHttp(door.port, ["GET / HTTP/1.1", "Host: evil.example"])).status).toBe(403)
    expect(lines).toEqual([])
    door.open(handlers)
    expect((await rawHttp(door.port, ask(door.port, "GET /socket", ...upgrade))).status).toBe(101)
  })

  it("leads to the pages, the API and the socket", async () => {
    const { door } = await scene()
    door.open(handlers)
    expect(await get(door, "GET /")).toEqual([200, "page"])
    expect(await get(door, "HEAD /chats/1")).toEqual([200, ""])
    expect(await get(door, "GET /api/chats")).toEqual([200, "api"])
    expect(await get(door, "GET /x/../api/chats")).toEqual([200, "api"])
    expect(await get(door, "GET /health")).toEqual([200, "api"])
    expect(await get(door, "POST /")).toEqual([200, "api"])
  })

  it("survives a handler that fails", async () => {
    const { door, lines } = await scene()
    const fail = () => Promise.reject(new Error("broken"))
    const broken = () => {
      throw new Error("broken socket")
    }
    door.open({ api: fail, page: fail, socket: broken })
    expect((await rawHttp(door.port, ask(door.port, "GET /"))).status).toBeNaN()
    expect((await rawHttp(door.port, ask(door.port, "GET /socket", ...upgrade))).status).toBe(500)
    expect(lines.join("")).toMatch(/broken.*broken socket/s)
    door.open(handlers)
    expect(await get(door, "GET /")).toEqual([200, "page"])
  })

  it("closes also for a client that keeps its connection, and one that never ends its request", async () => {
    const { door } = await scene()
    door.open(handlers)
    const kept = connect(door.port, "127.0.0.1")
    kept.write(`${ask(door.port, "GET /").join("\r\n")}\r\n\r\n`)
    await once(kept, "data")
    const slow = connect(door.port, "127.0.0.1")
    slow.write("POST /api/chats HTTP/1.1\r\n")
    await once(slow, "connect")
    const ended = Promise.all([once(kept, "close"), once(slow, "close").catch(() => undefined)])
    slow.on("error", () => undefined)
    door.shut()
    await door.close(20)
    await ended
  })
})
