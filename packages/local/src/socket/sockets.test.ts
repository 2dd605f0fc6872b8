import { once } from "node:events"
import { createServer } from "node:http"
import { connect } from "node:net"
import type { AddressInfo, Socket } from "node:net"
import { ConnectionBusy } from "@omnichat/core/connection/connections"
import type { SocketHandler } from "@omnichat/functions/socket/handler"
import { afterEach, describe, expect, it } from "vitest"
import { WebSocket } from "ws"
import { ask, upgrade } from "../../test/raw.ts"
import { owner } from "../actor.ts"
import { createLog } from "@omnichat/functions/log"
import { socketLimits } from "./limits.ts"
import { Peers } from "./peers.ts"
import type { Peer } from "./peer.ts"
import { createSockets } from "./sockets.ts"

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

/** Real sockets with a handler that only notes; `now` is set by hand. */
async function scene(handling: Partial<SocketHandler> = {}, limits = socketLimits) {
  const log: string[] = []
  const peers = new Peers()
  const time = { now: 0 }
  const handler: SocketHandler = { open: async () => {}, message: async () => {}, close: async () => {}, ...handling }
  const sockets = createSockets({
    peers,
    handler,
    log: createLog("debug", (line) => void log.push(line)),
    limits,
    now: () => time.now,
  })
  const server = createServer()
  server.on("upgrade", (request, stream, head) => sockets.accept(request, stream, head, owner))
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  closing.push(
    () => new Promise((resolve) => server.close(resolve)),
    () => sockets.close(),
  )
  return { peers, sockets, time, log, port }
}

async function connected(port: number): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/socket`)
  closing.push(() => socket.terminate())
  await once(socket, "open")
  return socket
}

/** A connection that says hello and never reads again. */
async function unread(port: number, peers: Peers): Promise<{ socket: Socket; peer: Peer }> {
  const socket = connect(port, "127.0.0.1")
  closing.push(() => socket.destroy())
  socket.pause()
  socket.write(`${ask(port, "GET /socket", ...upgrade).join("\r\n")}\r\n\r\n`)
  while (peers.size === 0) await new Promise(setImmediate)
  return { socket, peer: [...peers][0]! }
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {}
  const promise = new Promise<void>((done) => (resolve = done))
  return { promise, resolve }
}

describe("a connection that takes nothing", () => {
  it("costs at most 1 MB, with 100 runs pumping into it, and nobody else anything", async () => {
    const { port, peers } = await scene()
    const { socket, peer } = await unread(port, peers)
    const reader = await connected(port)
    const other = [...peers].find((candidate) => candidate !== peer)!
    let sent = 0
    let most = 0
    const pump = async (name: string): Promise<void> => {
      for (let frame = 0; ; frame++) {
        const text = `${name} ${frame} `.padEnd(20_000, "x")
        await peers.post(peer.id, () => text, 200)
        sent += 1
        most = Math.max(most, peer.socket.bufferedAmount)
      }
    }
    const pumps = Array.from({ length: 100 }, (_, index) => pump(`run${index}`))
    const ended = await Promise.allSettled(pumps)
    expect(ended.every((end) => end.status === "rejected" && end.reason instanceof ConnectionBusy)).toBe(true)
    expect(most).toBeLessThanOrEqual(1024 * 1024)
    expect(most).toBeGreaterThan(100_000) // or it has not been put to the test
    const heard = once(reader, "message")
    expect(await peers.post(other.id, () => "hello", 1)).toBe("sent")
    expect(String((await heard)[0])).toBe("hello")

    // and all that was sent comes out, once it is read
    let received = 0
    socket.on("data", (chunk: Buffer) => (received += chunk.length))
    socket.resume()
    while (received < sent * 20_000) await once(socket, "data")
  })

  it("is cut when it has taken nothing for a minute", async () => {
    const { port, peers, sockets, time } = await scene()
    const { peer } = await unread(port, peers)
    const pump = async () => {
      while ((await peers.post(peer.id, () => "x".repeat(30_000), 60_000)) === "sent");
    }
    const pumping = pump()
    while (peer.socket.bufferedAmount < socketLimits.mostBuffered) await new Promise(setImmediate)
    time.now += 60_000
    sockets.sweep()
    expect(peer.socket.readyState).toBe(WebSocket.OPEN)
    time.now += 1
    const gone = once(peer.socket, "close")
    sockets.sweep()
    await gone
    await pumping
    expect(peers.size).toBe(0)
  })
})

describe("the life of a connection", () => {
  it("ends after 10 minutes without a frame from the client", async () => {
    const { port, sockets, time, peers } = await scene()
    const socket = await connected(port)
    time.now += 600_000
    sockets.sweep()
    expect(peers.size).toBe(1)
    const ponged = once([...peers][0]!.socket, "ping")
    socket.ping()
    await ponged
    time.now += 600_000
    sockets.sweep()
    expect(peers.size).toBe(1)
    time.now += 1
    const closed = once(socket, "close")
    sockets.sweep()
    await closed
  })

  it("ends after 2 hours, however much is said", async () => {
    const { port, sockets, time, peers } = await scene()
    const socket = await connected(port)
    time.now += 7_200_000
    ;[...peers][0]!.heardAt = time.now
    sockets.sweep()
    expect(peers.size).toBe(1)
    time.now += 1
    const closed = once(socket, "close")
    sockets.sweep()
    await closed
  })

  it("is forgotten only after it was noted, however short it was", async () => {
    const happened: string[] = []
    const opening = withResolvers()
    const forgotten = withResolvers()
    const { port } = await scene({
      open: () => opening.promise.then(() => void happened.push("open")),
      close: async () => {
        happened.push("close")
        forgotten.resolve()
      },
    })
    const socket = await connected(port)
    socket.close()
    await once(socket, "close")
    opening.resolve()
    await forgotten.promise
    expect(happened).toEqual(["open", "close"])
  })

  it("ends with 1011 when the connection cannot be noted", async () => {
    const { port, log } = await scene({ open: () => Promise.reject(new Error("disk full")) })
    const socket = await connected(port)
    const [code] = await once(socket, "close")
    expect(code).toBe(1011)
    expect(log.join("")).toContain("disk full")
  })

  it("ends with 1001 when the server stops, also for a client that never answers", async () => {
    const { port, sockets, peers } = await scene({}, { ...socketLimits, closing: 50 })
    const { socket: silent } = await unread(port, peers)
    const socket = await connected(port)
    const closed = once(socket, "close")
    const cut = once(silent.resume(), "close")
    await sockets.close()
    expect((await closed)[0]).toBe(1001)
    await cut
  })
})

describe("unanswered actions", () => {
  it("stop the reading when there are too many, until some are answered", async () => {
    const waiting: (() => void)[] = []
    let most = 0
    let came = 0
    const all = withResolvers()
    const { port } = await scene(
      {
        message: () =>
          new Promise((resolve) => {
            waiting.push(resolve)
            most = Math.max(most, waiting.length)
            came += 1
            if (came === 200) all.resolve()
            // answered when reading has stopped, or all has come
            setImmediate(() => waiting.splice(0).forEach((answer) => answer()))
          }),
      },
      { ...socketLimits, mostUnanswered: 10 },
    )
    const socket = await connected(port)
    for (let index = 0; index < 200; index++) socket.send("x".repeat(20_000))
    await all.promise
    // what a chunk of the network holds besides has been read already
    expect(most).toBeLessThan(10 + 5)
  })
})
