import { describe, expect, it } from "vitest"
import { answerOf } from "../test/answer.ts"
import { collect, numbered, reached, scene } from "../test/scene.ts"

const question = { model: "demo/tour", message: { parts: [{ type: "text" as const, text: "Hello?" }] } }
const answer = answerOf(["One", " two"])
const { events, runId } = answer

/** Gives `token-1`, `token-2`, …; nothing else knows how many were asked for. */
function tokens(): () => string {
  let made = 0
  return () => `token-${++made}`
}

describe("the token", () => {
  it("[C2] goes as a subprotocol and as a header, never in the address", async () => {
    const { server, client } = await scene({ token: () => "omk_secret" })
    client.connect()
    const connection = await server.connection()
    expect(connection.protocols).toEqual(["omnichat.v1", "bearer.omk_secret"])
    expect(server.bearers).toEqual(["omk_secret"])
  })

  it("is a fresh one at each connection", async () => {
    const { server, client, clock } = await scene({ token: tokens() })
    client.connect()
    const first = await server.connection()
    first.drop()
    await reached(client, "waiting")
    clock.advance(0)
    const second = await server.connection()
    expect(second.protocols[1]).not.toBe(first.protocols[1])
  })

  it("is asked for again when an action is unauthenticated, and the action sent again", async () => {
    const { server, client } = await scene({ token: tokens() })
    const run = client.start({ ...question, runId })
    const entries = collect(run)
    const first = await server.connection()
    const start = await first.next("run.start")
    first.refuse(start, "unauthenticated")
    const second = await server.connection()
    expect(second.protocols[1]).not.toBe(first.protocols[1])
    expect(await second.next("run.start")).toEqual(start)
    second.ack(start, answer.startAck)
    second.run(runId, 1, events)
    expect(await entries).toEqual(numbered(events))
    const stopped = client.stop(runId)
    second.refuse(await second.next("run.stop"), "unauthenticated")
    const third = await server.connection()
    third.ack(await third.next("run.stop"), { runId, status: "complete" })
    expect(await stopped).toMatchObject({ status: "complete" })
  })

  it("[C3] has a successor before its end, on a second connection where the run goes on without a gap", async () => {
    const texts = tokens()
    const { server, client, clock } = await scene({ token: () => ({ text: texts(), lastsMs: 10_000 }) })
    const states: string[] = []
    client.onConnection((state) => states.push(state))
    const run = client.start({ ...question, runId })
    const entries = collect(run)
    const first = await server.connection()
    first.ack(await first.next("run.start"), answer.startAck)
    first.run(runId, 1, events.slice(0, 3))
    await first.settled()
    clock.advance(4999)
    await first.settled()
    expect(client.connection).toBe("open")
    clock.advance(1)
    const second = await server.connection()
    expect(second.protocols[1]).not.toBe(first.protocols[1])
    const follow = await second.next("run.follow")
    expect(follow.after).toBe(3)
    second.send({ type: "chat", chat: { id: answer.startAck.chatId, deleted: true } })
    await second.settled()
    first.run(runId, 4, events.slice(3, 5)) // the first still tells what it has
    await first.settled()
    second.ack(follow, { ...answer.followAck, last: 4 })
    expect(await first.closed()).toBe(1000)
    second.run(runId, 6, events.slice(5)) // which is missed by nobody: no number stands between
    expect(await entries).toEqual(numbered(events))
    expect(states).toEqual(["connecting", "open"])
  })

  it("[C3] has its successor a minute before its end; one that does not open is tried again meanwhile", async () => {
    const texts = tokens()
    const { server, client, clock } = await scene({ token: () => ({ text: texts(), lastsMs: 180_000 }) })
    const states: string[] = []
    client.onConnection((state) => states.push(state))
    client.connect()
    const first = await server.connection()
    await reached(client, "open")
    server.refusal = 503
    clock.advance(119_999)
    await first.settled()
    clock.advance(1)
    expect(await server.refused()).toBe(503)
    server.refusal = undefined
    await clock.armed(7500)
    clock.advance(7500)
    const second = await server.connection()
    await second.settled()
    clock.advance(5000)
    expect(await first.closed()).toBe(1000)
    expect(states).toEqual(["connecting", "open"])
  })

  it("that may be why a connection did not open is told when another one is asked for", async () => {
    const asked: (string | undefined)[] = []
    const { server, client, clock } = await scene({
      token: (refused) => {
        asked.push(refused)
        return `token-${asked.length}`
      },
    })
    server.refusal = 403
    client.connect()
    await server.refused()
    await reached(client, "waiting")
    server.refusal = undefined
    clock.advance(250)
    const connection = await server.connection()
    const offered = asked.flatMap((refused) => refused ?? [])
    expect(offered).toHaveLength(1)
    expect(connection.protocols[1]).not.toBe(`bearer.${offered[0]}`)
  })

  it("that is refused twice refuses the action", async () => {
    const { server, client } = await scene({ token: tokens() })
    const run = client.follow(runId)
    const reading = expect(collect(run)).rejects.toMatchObject({ code: "unauthenticated" })
    for (let connections = 0; connections < 2; connections++) {
      const connection = await server.connection()
      connection.refuse(await connection.next("run.follow"), "unauthenticated")
    }
    await reading
    await expect(run.ack).rejects.toMatchObject({ code: "unauthenticated" })
  })

  it("that cannot be had refuses the action at once", async () => {
    const { server, client } = await scene()
    const stopped = expect(client.stop(runId)).rejects.toMatchObject({ code: "unauthenticated" })
    const connection = await server.connection()
    connection.refuse(await connection.next("run.stop"), "unauthenticated")
    await stopped
  })

  it("that the server will not have ends what waits for a connection, and a request is tried twice", async () => {
    const { server, client } = await scene({ token: tokens() })
    server.configRefusal = 401
    const run = client.start({ ...question, runId })
    const reading = expect(collect(run)).rejects.toMatchObject({ code: "unauthenticated", message: "refused" })
    await reading
    await expect(run.ack).rejects.toMatchObject({ code: "unauthenticated" })
    expect(new Set(server.bearers).size).toBe(2)
  })
})
