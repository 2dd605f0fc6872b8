import { describe, expect, it } from "vitest"
import type { SocketStandIn, StandInConnection } from "../../../tests/support/socket-stand-in.ts"
import { answerOf } from "../test/answer.ts"
import type { ManualClock } from "../test/manual-clock.ts"
import { collect, given, numbered, reached, scene } from "../test/scene.ts"
import type { Client } from "./client.ts"

const question = { model: "demo/tour", message: { parts: [{ type: "text" as const, text: "Hello?" }] } }
const answer = answerOf(["One", " two", " three", " four"])
const { events, runId } = answer

/** The connection after a loss, whose wait is 0 without jitter. */
async function next(server: SocketStandIn, client: Client, clock: ManualClock): Promise<StandInConnection> {
  await reached(client, "waiting")
  clock.advance(250)
  return server.connection()
}

describe("after a lost connection", () => {
  it.each(["drop", "close"] as const)("(%s) every unfinished run is followed from the number held", async (end) => {
    const { server, client, clock } = await scene()
    const other = answerOf(["Elsewhere"])
    const run = client.start({ ...question, runId })
    const two = given(run, 2)
    const entries = Promise.all([collect(run), collect(client.follow(other.runId, { after: 1 }))])
    const first = await server.connection()
    first.ack(await first.next("run.start"), answer.startAck)
    first.ack(await first.next("run.follow"), other.followAck)
    first.run(runId, 1, events.slice(0, 2))
    await two
    first[end]()
    const second = await next(server, client, clock)
    const follows = [await second.next("run.follow"), await second.next("run.follow")]
    expect(follows).toMatchObject([
      { runId, after: 2 },
      { runId: other.runId, after: 1 },
    ])
    second.ack(follows[0]!, answer.followAck)
    second.ack(follows[1]!, other.followAck)
    second.run(runId, 2, events.slice(1))
    second.run(other.runId, 2, other.events.slice(1))
    expect(await entries).toEqual([numbered(events), numbered(other.events, 1)])
  })

  it("a start without an answer is sent again, the same", async () => {
    const { server, client, clock } = await scene()
    const run = client.start({ ...question, runId })
    const entries = collect(run)
    const first = await server.connection()
    const start = await first.next("run.start")
    first.run(runId, 1, events.slice(0, 2))
    first.drop()
    const second = await next(server, client, clock)
    expect(await second.next("run.start")).toEqual(start)
    second.ack(start, { ...answer.startAck, status: "running" })
    second.run(runId, 1, events)
    expect(await entries).toEqual(numbered(events))
    expect(await run.ack).toMatchObject({ status: "running" })
    await second.settled()
    expect(second.unread).toBe(0)
  })

  it("a stop without an answer is sent again", async () => {
    const { server, client, clock } = await scene()
    const stopped = client.stop(runId)
    const first = await server.connection()
    const stop = await first.next("run.stop")
    first.drop()
    const second = await next(server, client, clock)
    expect(await second.next("run.stop")).toEqual(stop)
    second.ack(stop, { runId, status: "stopped" })
    expect(await stopped).toMatchObject({ status: "stopped" })
  })

  it("a run whose journal is gone ends with not_found", async () => {
    const { server, client, clock } = await scene()
    const run = client.follow(runId)
    const reading = expect(collect(run)).rejects.toMatchObject({ code: "not_found" })
    const first = await server.connection()
    first.ack(await first.next("run.follow"), answer.followAck)
    first.run(runId, 1, events.slice(0, 2))
    first.drop()
    const second = await next(server, client, clock)
    second.refuse(await second.next("run.follow"), "not_found")
    await reading
    expect(await run.ack).toMatchObject({ runId })
  })

  it("the client waits longer each time, up to 15 s, and not at all once the network is back", async () => {
    const { server, client, clock } = await scene()
    clock.random = () => 0.999_999
    server.refusal = 503
    client.connect()
    const waits: number[] = []
    for (let attempt = 0; attempt < 8; attempt++) {
      await server.refused()
      await reached(client, "waiting")
      const before = clock.now()
      while (client.connection === "waiting") clock.step()
      waits.push(Math.round(clock.now() - before))
    }
    expect(waits).toEqual([250, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000])
    await server.refused()
    await reached(client, "waiting")
    server.refusal = undefined
    clock.reach()
    const connection = await server.connection()
    await reached(client, "open")
    connection.send({ type: "pong", id: "anything" })
    await connection.settled()
    connection.drop()
    await reached(client, "waiting")
    clock.advance(250)
    await server.connection()
  })
})

describe("an action without an answer", () => {
  it("[A2] is sent again after 10 s, the same", async () => {
    const { server, client, clock } = await scene()
    const run = client.start({ ...question, runId })
    const connection = await server.connection()
    const start = await connection.next("run.start")
    for (let seconds = 0; seconds < 10; seconds += 2) {
      await connection.settled()
      clock.advance(2_000)
    }
    expect(await connection.next("run.start")).toEqual(start)
    connection.ack(start, answer.startAck)
    expect(await run.ack).toMatchObject(answer.startAck)
    connection.ack(start, answer.startAck)
    await connection.settled()
  })

  it("fails with timeout when a server that lives never answers", async () => {
    const { server, client, clock } = await scene()
    const stopped = expect(client.stop(runId)).rejects.toMatchObject({ code: "timeout", retryable: true })
    const connection = await server.connection()
    for (let sends = 0; sends < 6; sends++) {
      await connection.next("run.stop")
      for (let seconds = 0; seconds < 10; seconds += 2) {
        await connection.settled()
        clock.advance(2_000)
      }
    }
    await stopped
  })

  it.each([
    ["six times is refused", false, 6],
    ["goes on being tried when it may have been done before", true, 12],
  ])("but rate_limited %s", async (_, lost, refusals) => {
    const { server, client, clock } = await scene()
    const run = client.start({ ...question, runId })
    const ack = run.ack.catch((error: unknown) => error)
    let connection = await server.connection()
    if (lost) {
      await connection.next("run.start")
      connection.drop()
      connection = await next(server, client, clock)
    }
    for (let refusal = 1; refusal <= refusals; refusal++) {
      const start = await connection.next("run.start")
      connection.refuse(start, "rate_limited", { retryable: true, retryAfterMs: 100 })
      await connection.settled()
      clock.advance(100)
    }
    if (!lost) return expect(await ack).toMatchObject({ code: "rate_limited", retryable: true, retryAfterMs: 100 })
    connection.ack(await connection.next("run.start"), answer.startAck)
    expect(await ack).toEqual(answer.startAck)
  })

  it("finds out in 8 s that the connection is half-open", async () => {
    const { server, client, clock } = await scene()
    const run = client.start({ ...question, runId })
    const first = await server.connection()
    first.pongs = false
    const start = await first.next("run.start")
    clock.advance(3_000)
    await first.next("ping")
    clock.advance(4_999)
    expect(client.connection).toBe("open")
    clock.advance(1)
    const second = await server.connection()
    expect(await second.next("run.start")).toEqual(start)
    second.ack(start, answer.startAck)
    expect(await run.ack).toMatchObject(answer.startAck)
  })
})

describe("a connection on which nothing comes", () => {
  it("while a run is followed is replaced after 17 s", async () => {
    const { server, client, clock } = await scene()
    const run = client.follow(runId)
    const entries = collect(run)
    const first = await server.connection()
    first.pongs = false
    first.ack(await first.next("run.follow"), answer.followAck)
    await run.ack
    clock.advance(12_000)
    await first.next("ping")
    clock.advance(5_000)
    const second = await server.connection()
    second.ack(await second.next("run.follow"), answer.followAck)
    second.run(runId, 1, events)
    expect(await entries).toEqual(numbered(events))
  })

  it("[C6] and should not, is pinged every 4 minutes", async () => {
    const { server, client, clock } = await scene()
    client.connect()
    const connection = await server.connection()
    connection.pongs = false
    await reached(client, "open")
    for (let pings = 0; pings < 3; pings++) {
      clock.advance(239_999)
      await connection.settled()
      expect(connection.unread).toBe(0)
      clock.advance(1)
      const ping = await connection.next("ping")
      connection.send({ type: "pong", id: ping.id })
      await connection.settled()
    }
  })

  it("is asked for a sign of life when the page is shown again", async () => {
    const { server, client, clock } = await scene()
    client.connect()
    const connection = await server.connection()
    connection.pongs = false
    await reached(client, "open")
    clock.reach()
    await connection.next("ping")
    clock.advance(5_000)
    await server.connection()
  })

  it("and cannot be opened is given up after 10 s", async () => {
    let attempts = 0
    class Unanswered {
      onopen = null
      onmessage = null
      onclose = null
      onerror = null
      constructor() {
        attempts++
      }
      send(): void {}
      close(): void {}
    }
    const { client, clock } = await scene({ WebSocket: Unanswered })
    clock.random = () => 0.5
    client.connect()
    for (const expected of [1, 2]) {
      await clock.armed(10_000)
      expect(attempts).toBe(expected)
      clock.advance(10_000)
      expect(client.connection).toBe("waiting")
      clock.advance(500)
    }
  })
})
