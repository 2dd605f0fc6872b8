import { describe, expect, it } from "vitest"
import type { StandInConnection } from "../../../tests/support/socket-stand-in.ts"
import { answerOf } from "../test/answer.ts"
import type { ManualClock } from "../test/manual-clock.ts"
import { collect, numbered, scene } from "../test/scene.ts"
import type { Client, RunEntry } from "./client.ts"

const answer = answerOf(["One", " two", " three", " four"])
const { events, runId } = answer

type Following = {
  client: Client
  clock: ManualClock
  connection: StandInConnection
  /** What the client makes of it, to its end. */
  entries: Promise<RunEntry[]>
}

/** A client that follows the run, has its ack, and holds the first two events. */
async function following(): Promise<Following> {
  const { server, client, clock } = await scene()
  const entries = collect(client.follow(runId))
  const connection = await server.connection()
  connection.ack(await connection.next("run.follow"), answer.followAck)
  connection.run(runId, 1, events.slice(0, 2))
  await connection.settled()
  return { client, clock, connection, entries }
}

describe("[G1] a gap", () => {
  it("that closes by itself costs nothing", async () => {
    const { connection, entries } = await following()
    connection.run(runId, 5, events.slice(4))
    connection.run(runId, 3, events.slice(2, 4))
    expect(await entries).toEqual(numbered(events))
    await connection.settled()
    expect(connection.unread).toBe(0)
  })

  it("that stands for a second is followed from the last number held, and what was kept aside is used", async () => {
    const { clock, connection, entries } = await following()
    connection.run(runId, 6, events.slice(5))
    await clock.armed(1_000)
    clock.advance(1_000)
    const follow = await connection.next("run.follow")
    expect(follow).toMatchObject({ runId, after: 2 })
    connection.ack(follow, answer.followAck)
    connection.run(runId, 3, events.slice(2, 5))
    expect(await entries).toEqual(numbered(events))
  })

  it("that an empty frame betrays is followed too", async () => {
    const { clock, connection, entries } = await following()
    connection.run(runId, 6, [])
    await clock.armed(1_000)
    clock.advance(1_000)
    const follow = await connection.next("run.follow")
    expect(follow.after).toBe(2)
    connection.ack(follow, answer.followAck)
    connection.run(runId, 3, events.slice(2))
    expect(await entries).toEqual(numbered(events))
  })

  it("is followed one at a time, and less often each time it is in vain", async () => {
    const { clock, connection, entries } = await following()
    connection.run(runId, 6, events.slice(5))
    await clock.armed(1_000)
    clock.advance(1_000)
    const second = await connection.next("run.follow")
    connection.run(runId, 5, events.slice(4))
    await connection.settled()
    clock.advance(2_000)
    await connection.settled()
    expect(connection.unread).toBe(0)
    connection.ack(second, answer.followAck)
    await connection.settled()
    clock.advance(1_999)
    await connection.settled()
    expect(connection.unread).toBe(0)
    clock.advance(1)
    connection.ack(await connection.next("run.follow"), answer.followAck)
    connection.run(runId, 3, events.slice(2))
    expect(await entries).toEqual(numbered(events))
  })

  it("that moves is not followed again: the line is slow", async () => {
    const { clock, connection, entries } = await following()
    connection.run(runId, 8, events.slice(7))
    await clock.armed(1_000)
    for (const number of [3, 4, 5, 6]) {
      connection.run(runId, number, events.slice(number - 1, number))
      await connection.settled()
      clock.advance(1_000)
    }
    await connection.settled()
    expect(connection.unread).toBe(0)
    connection.run(runId, 7, events.slice(6, 7))
    expect(await entries).toEqual(numbered(events))
  })
})

describe("[G1] silence", () => {
  it("of 15 s makes the client follow", async () => {
    const { clock, connection, entries } = await following()
    connection.run(runId, 3, events.slice(2, 3))
    await connection.settled()
    clock.advance(14_999)
    await connection.settled()
    expect(connection.unread).toBe(0)
    clock.advance(1)
    const follow = await connection.next("run.follow")
    expect(follow.after).toBe(3)
    connection.ack(follow, answer.followAck)
    connection.run(runId, 4, events.slice(3))
    expect(await entries).toEqual(numbered(events))
  })

  it("is broken by a sign of life", async () => {
    const { clock, connection, entries } = await following()
    for (let seconds = 0; seconds < 60; seconds += 10) {
      connection.run(runId, 3, [])
      await connection.settled()
      clock.advance(10_000)
    }
    await connection.settled()
    expect(connection.unread).toBe(0)
    connection.run(runId, 3, events.slice(2))
    expect(await entries).toEqual(numbered(events))
  })

  it("is no reason to follow a run that has ended, or that nobody reads", async () => {
    const { client, clock, connection, entries } = await following()
    connection.run(runId, 3, events.slice(2))
    await entries
    client.connect()
    clock.advance(60_000)
    await connection.settled()
    expect(connection.unread).toBe(0)
  })
})

describe("a follow that is refused", () => {
  it("as rate_limited is sent again when the server says so", async () => {
    const { server, client, clock } = await scene()
    const entries = collect(client.follow(runId))
    const connection = await server.connection()
    const follow = await connection.next("run.follow")
    connection.refuse(follow, "rate_limited", { retryable: true, retryAfterMs: 700 })
    await clock.armed(700)
    clock.advance(700)
    const again = await connection.next("run.follow")
    expect(again).toEqual(follow)
    connection.ack(again, answer.followAck)
    connection.run(runId, 1, events)
    expect(await entries).toEqual(numbered(events))
  })

  it("as rate_limited for long, or by a server in trouble, is tried later", async () => {
    const { server, client, clock } = await scene()
    const entries = collect(client.follow(runId))
    const connection = await server.connection()
    connection.refuse(await connection.next("run.follow"), "rate_limited", { retryable: true, retryAfterMs: 9_000 })
    await connection.settled()
    clock.advance(8_999)
    await connection.settled()
    expect(connection.unread).toBe(0)
    clock.advance(1)
    connection.refuse(await connection.next("run.follow"), "internal", { retryable: true })
    await clock.armed(1_000)
    clock.advance(1_000)
    connection.ack(await connection.next("run.follow"), answer.followAck)
    connection.run(runId, 1, events)
    expect(await entries).toEqual(numbered(events))
  })
})
