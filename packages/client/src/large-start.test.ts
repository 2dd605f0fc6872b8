import { describe, expect, it } from "vitest"
import { answerOf } from "../test/answer.ts"
import { collect, numbered, reached, scene } from "../test/scene.ts"

const answer = answerOf(["One", " two"])
const { events, runId } = answer
const question = (text: string) => ({
  runId,
  model: "demo/tour",
  message: { parts: [{ type: "text" as const, text }] },
})
const long = question("é".repeat(15_000))

describe("[C5] a start that does not fit into a message", () => {
  it("goes by HTTP, and the run is followed then", async () => {
    const { server, client } = await scene()
    const run = client.start(long)
    const entries = collect(run)
    const connection = await server.connection()
    const post = await server.post()
    expect(post.body).toEqual(long)
    await connection.settled()
    expect(connection.unread).toBe(0)
    post.answer(202, answer.startAck)
    const follow = await connection.next("run.follow")
    expect(follow.after).toBe(0)
    connection.ack(follow, answer.followAck)
    connection.run(runId, 1, events)
    expect(await entries).toEqual(numbered(events))
    expect(await run.ack).toEqual(answer.startAck)
  })

  it("that just fits goes by the socket", async () => {
    const { server, client } = await scene()
    client.start(question("é".repeat(14_900)))
    await (await server.connection()).next("run.start")
  })

  it("by the server's count is sent by HTTP after the close with 1009", async () => {
    const { server, client, clock } = await scene()
    const run = client.start(question("short"))
    const entries = collect(run)
    const first = await server.connection()
    await first.next("run.start")
    first.close(1009)
    await reached(client, "waiting")
    clock.advance(0)
    const second = await server.connection()
    ;(await server.post()).answer(202, answer.startAck)
    second.ack(await second.next("run.follow"), answer.followAck)
    second.run(runId, 1, events)
    expect(await entries).toEqual(numbered(events))
  })

  it("is posted again, the same, when no answer came", async () => {
    const { server, client, clock } = await scene()
    const run = client.start(long)
    await server.connection()
    ;(await server.post()).drop()
    await clock.armed(1_000)
    clock.advance(1_000)
    const again = await server.post()
    expect(again.body).toEqual(long)
    again.answer(202, answer.startAck)
    expect(await run.ack).toEqual(answer.startAck)
  })

  it("and is refused ends as any refused start does", async () => {
    const { server, client } = await scene()
    const run = client.start(long)
    const reading = expect(collect(run)).rejects.toMatchObject({ code: "conflict" })
    const connection = await server.connection()
    ;(await server.post()).answer(409, { error: { code: "conflict", message: "another content", retryable: false } })
    await reading
    await expect(run.ack).rejects.toMatchObject({ code: "conflict", message: "another content" })
    await connection.settled()
    expect(connection.unread).toBe(0)
  })

  it("is given up when the client is closed", async () => {
    const { server, client } = await scene()
    const run = client.start(long)
    await server.post()
    client.close()
    await expect(run.ack).rejects.toMatchObject({ code: "offline", message: "The client was closed." })
  })
})
