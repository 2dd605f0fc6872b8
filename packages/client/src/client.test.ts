import { describe, expect, it } from "vitest"
import { reduce } from "@omnichat/core/protocol/reduce"
import { answerOf } from "../test/answer.ts"
import { collect, given, numbered, reached, scene } from "../test/scene.ts"
import { ClientError, createClient } from "./client.ts"
import type { Run } from "./client.ts"

const question = { model: "demo/tour", message: { parts: [{ type: "text" as const, text: "Hello?" }] } }
const answer = answerOf(["Good", " morning", "."])
const { events, runId } = answer

describe("a run that is started", () => {
  it("is sent, acked, read event by event and reduced", async () => {
    const { server, client } = await scene()
    const run = client.start({ ...question, runId })
    const entries = collect(run)
    const connection = await server.connection()
    const start = await connection.next("run.start")
    expect(start).toEqual({ action: "run.start", id: start.id, runId, ...question })
    connection.ack(start, answer.startAck)
    connection.run(runId, 1, events.slice(0, 3))
    connection.run(runId, 4, events.slice(3))
    expect(await run.ack).toEqual(answer.startAck)
    expect(await entries).toEqual(numbered(events))
    expect(connection.protocols).toEqual(["omnichat.v1"])
  })

  it("has an id of its own when none is given", async () => {
    const { server, client } = await scene()
    const { runId: made } = client.start(question)
    const start = await (await server.connection()).next("run.start")
    expect(start.runId).toBe(made)
    expect(made).toMatch(/^run_[0-9A-HJKMNP-TV-Z]{26}$/)
  })

  it("may speak before its ack", async () => {
    const { server, client } = await scene()
    const run = client.start({ ...question, runId })
    const entries = collect(run)
    const connection = await server.connection()
    const start = await connection.next("run.start")
    connection.run(runId, 1, events)
    expect(await entries).toEqual(numbered(events))
    connection.ack(start, { ...answer.startAck, status: "complete" })
    expect(await run.ack).toMatchObject({ status: "complete" })
  })

  it("gives its slices to listeners uncut, and its end after the last of them", async () => {
    const { server, client } = await scene()
    const run = client.start({ ...question, runId })
    const heard: unknown[] = []
    const ended = new Promise<void>((resolve) => {
      run.onEnd((error) => {
        heard.push(error ?? "end")
        resolve()
      })
    })
    run.onEvents((from, slice) => heard.push([from, slice.length]))
    const connection = await server.connection()
    connection.ack(await connection.next("run.start"), answer.startAck)
    connection.run(runId, 1, events.slice(0, 2))
    connection.run(runId, 3, [])
    connection.run(runId, 2, events.slice(1))
    await ended
    expect(heard).toEqual([[1, 2], [3, events.length - 2], "end"])
  })

  it("becomes its message", async () => {
    const { server, client } = await scene()
    const run = client.start({ ...question, runId })
    const message = run.message()
    const connection = await server.connection()
    connection.ack(await connection.next("run.start"), answer.startAck)
    connection.run(runId, 1, events)
    expect(await message).toEqual(reduce(events))
  })

  it("that is refused rejects its ack and ends all reading with the server's error", async () => {
    const { server, client } = await scene()
    const run = client.start({ ...question, runId })
    const ended = new Promise((resolve) => run.onEnd(resolve))
    const reading = collect(run)
    const stopping = run.stop()
    const connection = await server.connection()
    connection.refuse(await connection.next("run.start"), "model_not_found")
    const refusal = { code: "model_not_found", message: "refused as model_not_found", retryable: false }
    await expect(run.ack).rejects.toMatchObject(refusal)
    await expect(reading).rejects.toBeInstanceOf(ClientError)
    await expect(stopping).rejects.toMatchObject(refusal)
    expect(await ended).toMatchObject(refusal)
    await expect(collect(run)).rejects.toMatchObject(refusal)
    await connection.settled()
    expect(connection.unread).toBe(0)
  })

  it("[A2] is stopped only after its ack", async () => {
    const { server, client } = await scene()
    const run = client.start({ ...question, runId })
    const stopped = run.stop()
    const connection = await server.connection()
    const start = await connection.next("run.start")
    await connection.settled()
    expect(connection.unread).toBe(0)
    connection.ack(start, answer.startAck)
    const stop = await connection.next("run.stop")
    expect(stop.runId).toBe(runId)
    connection.ack(stop, { runId, status: "stopping" })
    expect(await stopped).toMatchObject({ status: "stopping" })
  })
})

describe("a run that is followed", () => {
  it("is read from after the number held", async () => {
    const { server, client } = await scene()
    const run = client.follow(runId, { after: 3 })
    const entries = collect(run)
    const connection = await server.connection()
    const follow = await connection.next("run.follow")
    expect(follow).toMatchObject({ runId, after: 3 })
    connection.ack(follow, answer.followAck)
    connection.run(runId, 4, events.slice(3))
    expect(await run.ack).toMatchObject({ last: events.length })
    expect(await entries).toEqual(numbered(events, 3))
  })

  it("[G6] ends with not_found when its journal is gone", async () => {
    const { server, client } = await scene()
    const run = client.follow(runId)
    const reading = collect(run)
    const connection = await server.connection()
    connection.refuse(await connection.next("run.follow"), "not_found")
    await expect(run.ack).rejects.toMatchObject({ code: "not_found" })
    await expect(reading).rejects.toMatchObject({ code: "not_found" })
  })

  it("gives every number to each reader, also to one that comes late", async () => {
    const { server, client } = await scene()
    const run = client.follow(runId)
    const early = collect(run)
    const four = given(run, 4)
    const connection = await server.connection()
    connection.ack(await connection.next("run.follow"), answer.followAck)
    connection.run(runId, 1, events.slice(0, 4))
    await four
    const late = run.message()
    const again = await connection.next("run.follow")
    expect(again.after).toBe(0)
    connection.ack(again, answer.followAck)
    connection.run(runId, 1, events)
    expect(await early).toEqual(numbered(events))
    expect(await late).toEqual(reduce(events))
    const afterTheEnd = collect(run)
    connection.ack(await connection.next("run.follow"), answer.followAck)
    connection.run(runId, 1, events)
    expect(await afterTheEnd).toEqual(numbered(events))
  })

  it("is left without being stopped, and the server is told", async () => {
    const { server, client } = await scene()
    const run = client.follow(runId)
    const entries = collect(run)
    const message = expect(run.message()).rejects.toMatchObject({ code: "offline" })
    const connection = await server.connection()
    connection.ack(await connection.next("run.follow"), answer.followAck)
    await run.ack
    run.leave()
    const unfollow = await connection.next("run.unfollow")
    expect(unfollow.runId).toBe(runId)
    expect(await entries).toEqual([])
    await message
  })

  it("is followed again only after the ack of the unfollow, for actions may overtake each other", async () => {
    const { server, client } = await scene()
    const first = client.follow(runId)
    const connection = await server.connection()
    connection.ack(await connection.next("run.follow"), answer.followAck)
    await first.ack
    first.leave()
    const unfollow = await connection.next("run.unfollow")
    const entries = collect(client.follow(runId))
    await connection.settled()
    expect(connection.unread).toBe(0)
    connection.ack(unfollow, { runId })
    connection.ack(await connection.next("run.follow"), answer.followAck)
    connection.run(runId, 1, events)
    expect(await entries).toEqual(numbered(events))
  })

  it("is let go by an iteration that breaks off", async () => {
    const { server, client } = await scene()
    const run = client.follow(runId)
    const reading = (async () => {
      for await (const { number } of run) if (number === 2) return number
      return 0
    })()
    const connection = await server.connection()
    connection.ack(await connection.next("run.follow"), answer.followAck)
    connection.run(runId, 1, events.slice(0, 3))
    expect(await reading).toBe(2)
    await connection.next("run.unfollow")
  })

  it("lets a slow iteration hold a bounded number of frames, and brings the rest when it is due", async () => {
    const long = answerOf(Array.from({ length: 300 }, (_, at) => ` ${at}`))
    const { server, client } = await scene()
    const run = client.follow(long.runId)
    const iteration = run[Symbol.asyncIterator]()
    const first = iteration.next()
    const connection = await server.connection()
    connection.ack(await connection.next("run.follow"), long.followAck)
    for (const [at, event] of long.events.entries()) connection.run(long.runId, at + 1, [event])
    const entries = [await first]
    connection.ack(await connection.next("run.unfollow"), { runId: long.runId })
    const answering = (async () => {
      for (let follows = 0; entries.length < long.events.length;) {
        const action = await connection.any()
        if (action.action !== "run.follow") {
          connection.ack(action, { runId: long.runId })
          continue
        }
        if (++follows === 1) expect(action.after).toBeLessThan(150)
        connection.ack(action, long.followAck)
        for (let from = action.after + 1; from <= long.events.length; from += 10)
          connection.run(long.runId, from, long.events.slice(from - 1, from + 9))
      }
    })()
    for (let entry = await iteration.next(); !entry.done; entry = await iteration.next()) entries.push(entry)
    expect(entries.map((entry) => entry.value)).toEqual(numbered(long.events))
    void answering
  })
})

describe("the client", () => {
  it("tells of chats", async () => {
    const { server, client } = await scene()
    const heard = new Promise((resolve) => client.onChat(resolve))
    const connection = await server.connection()
    connection.send({ type: "chat", chat: { id: answer.startAck.chatId, deleted: true } })
    expect(await heard).toEqual({ id: answer.startAck.chatId, deleted: true })
  })

  it("[F1] passes over frames that it does not know, and goes on", async () => {
    const { server, client } = await scene()
    const entries = collect(client.start({ ...question, runId }))
    const connection = await server.connection()
    const start = await connection.next("run.start")
    connection.raw("no JSON")
    connection.raw(JSON.stringify({ message: "Internal server error", connectionId: "x", requestId: "y" }))
    connection.send({ type: "ack", id: "never-asked", runId })
    connection.run(answerOf([]).runId, 1, events)
    connection.ack(start, answer.startAck)
    connection.run(runId, 1, events)
    expect(await entries).toEqual(numbered(events))
  })

  it("ends a run with an event that it cannot read", async () => {
    const { server, client } = await scene()
    const reading = collect(client.start({ ...question, runId }))
    const connection = await server.connection()
    connection.ack(await connection.next("run.start"), answer.startAck)
    connection.raw(JSON.stringify({ type: "run", runId, from: 1, events: [{ type: "hologram" }] }))
    await expect(reading).rejects.toMatchObject({
      code: "internal",
      message: expect.stringContaining("hologram") as string,
    })
  })

  it("lets go of the connection some time after nothing needs it", async () => {
    const { server, client, clock } = await scene()
    const run = client.start({ ...question, runId })
    const entries = collect(run)
    const connection = await server.connection()
    connection.ack(await connection.next("run.start"), answer.startAck)
    connection.run(runId, 1, events)
    await entries
    await run.ack
    expect(client.connection).toBe("open")
    await clock.armed(5_000)
    clock.advance(5_000)
    expect(client.connection).toBe("closed")
    expect(await connection.closed()).toBe(1000)
  })

  it("ends everything when it is closed, and may be used again", async () => {
    const { server, client } = await scene()
    const run = client.start({ ...question, runId })
    const reading = collect(run)
    const connection = await server.connection()
    await connection.next("run.start")
    client.close()
    expect(client.connection).toBe("closed")
    await expect(run.ack).rejects.toMatchObject({ code: "offline", retryable: true })
    await expect(reading).rejects.toMatchObject({ code: "offline" })
    const followed = client.follow(runId)
    await (await server.connection()).next("run.follow")
    client.close()
    await expect(followed.ack).rejects.toMatchObject({ code: "offline" })
  })

  it("may be used by who hears of its end", async () => {
    const { server, client } = await scene()
    const first = client.start({ ...question, runId })
    const again = new Promise<Run>((resolve) => {
      first.onEnd(() => resolve(client.start({ ...question, runId })))
    })
    await (await server.connection()).next("run.start")
    client.close()
    const second = await again
    const connection = await server.connection()
    connection.ack(await connection.next("run.start"), answer.startAck)
    expect(await second.ack).toEqual(answer.startAck)
  })

  it("refuses what was asked for in the same moment that it was closed", async () => {
    const { client } = await scene()
    const long = {
      runId,
      model: "demo/tour",
      message: { parts: [{ type: "text" as const, text: "x".repeat(40_000) }] },
    }
    const refused = [client.stop(runId), client.start(long).ack, client.follow(runId).ack].map((asked) =>
      expect(asked).rejects.toMatchObject({ code: "offline" }),
    )
    client.close()
    await Promise.all(refused)
  })

  it("holds a connection on demand", async () => {
    const { server, client } = await scene()
    expect(client.connection).toBe("closed")
    client.connect()
    expect(client.connection).toBe("connecting")
    await server.connection()
    await reached(client, "open")
  })

  it("says what it misses where there is no browser", () => {
    expect(() => createClient({})).toThrow(/baseUrl/)
    expect(() => createClient({ baseUrl: "http://127.0.0.1:1" })).toThrow(/WebSocket/)
  })
})
