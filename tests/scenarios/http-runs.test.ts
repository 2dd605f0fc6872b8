import { describe, expect, it } from "vitest"
import type { RawSocket } from "../support/raw-client.ts"
import { newId } from "./ids.ts"
import { endOf, textOf } from "./run-rules.ts"
import { acked, expectHttpRefusal, question, startOf, useScene } from "./scene.ts"
import type { Ack, Fields } from "./scene.ts"

const scene = useScene()

const bodyOf = (fields: Fields = {}): Fields & { runId: string } => {
  const { action: _, ...body } = startOf(fields)
  return body
}

async function held(socket: RawSocket, fields: Fields = {}): Promise<Ack> {
  const ack = await scene.start(socket, { model: scene.model({ text: "One. Two. Three.", holdAfter: 1 }), ...fields })
  await socket.said(ack.runId, "One. Tw")
  return ack
}

describe("starting and stopping", () => {
  it("[H3, A13] a start is answered by 202 with what the ack carries", async () => {
    const socket = await scene.connect()
    const body = bodyOf()
    const { status, body: answer } = await scene.http("POST", "/api/runs", { body })
    expect(status).toBe(202)
    const { chatId, messageId, userMessageId, ...rest } = answer as Ack
    expect(rest).toEqual({ runId: body.runId, status: expect.stringMatching(/^(?:queued|running)$/) as string })
    expect([chatId, messageId, userMessageId].map((id) => id.slice(0, 4))).toEqual(["cht_", "msg_", "msg_"])
    const ack = acked(await socket.act({ action: "run.follow", runId: body.runId, after: 0 }))
    await scene.expectStored({ ...ack, userMessageId }, await socket.ended(body.runId))
    const { parentId: _, ...again } = bodyOf({ chatId, parentId: userMessageId, message: undefined })
    expectHttpRefusal(await scene.http("POST", "/api/runs", { body: again }), 400, "invalid")
    const regenerated = await scene.http("POST", "/api/runs", { body: { ...again, parentId: userMessageId } })
    expect(Object.keys(regenerated.body as object).sort()).toEqual(["chatId", "messageId", "runId", "status"])
  })

  it("[H3] nobody has to follow", async () => {
    const model = scene.model({ text: "Said to nobody. ".repeat(20), intervalMs: 1 })
    const body = bodyOf({ model })
    const { body: answer } = await scene.http("POST", "/api/runs", { body })
    const { chatId, messageId } = answer as Ack
    const asked = await scene.firstAsked(model)
    expect(await asked.ended).toBe("answered")
    const stream = await scene.sse(`/api/runs/${body.runId}/events`)
    await stream.whole()
    expect(await scene.message(chatId, messageId)).toMatchObject({ status: "complete" })
  })

  it("[H3] a body of nearly 4 MB is taken and stored", async () => {
    const text = "many words, ".repeat((4 * 1024 * 1024 - 2000) / 12)
    const model = scene.model({ text: "Read." })
    const body = bodyOf({ message: question(text), model })
    const { status, body: answer } = await scene.http("POST", "/api/runs", { body })
    expect(status).toBe(202)
    const { chatId, userMessageId } = answer as Ack
    const stored = await scene.message(chatId, userMessageId)
    expect(stored.parts[0]?.["text"] === text).toBe(true)
    const asked = await scene.firstAsked(model)
    expect(asked.messages[0]?.text === text).toBe(true)
  })

  it("[H3, G4] a stop is answered by 200 with the run's status, and needs no body", async () => {
    const socket = await scene.connect()
    const ack = await held(socket)
    const { status, body } = await scene.http("POST", `/api/runs/${ack.runId}/stop`)
    expect(status).toBe(200)
    expect(body).toEqual({ runId: ack.runId, status: expect.stringMatching(/^(?:stopping|stopped)$/) as string })
    expect(endOf(await scene.ended(socket, ack)).status).toBe("stopped")
    const again = await scene.http("POST", `/api/runs/${ack.runId}/stop`)
    expect(again).toMatchObject({ status: 200, body: { runId: ack.runId, status: "stopped" } })
  })
})

describe("events as a stream", () => {
  it("[H3] number, event and end mark, and the headers of a UI message stream", async () => {
    const socket = await scene.connect()
    const { ack, events } = await scene.run(socket, { model: scene.model({ text: "One.\nTwo.\r\nThree: 你好 🜂." }) })
    const stream = await scene.sse(`/api/runs/${ack.runId}/events`)
    expect(stream.status).toBe(200)
    expect(stream.headers["content-type"]).toMatch(/^text\/event-stream\b/)
    expect(stream.headers["x-vercel-ai-ui-message-stream"]).toBe("v1")
    expect(stream.headers["cache-control"]).toMatch(/no-cache|no-store/)
    const entries = await stream.whole()
    expect(entries.slice(0, -1).map(({ id, data = "" }) => ({ id, event: JSON.parse(data) as unknown }))).toEqual(
      events.map((event, index) => ({ id: String(index + 1), event })),
    )
    expect(entries.at(-1)).toEqual({ data: "[DONE]" })
    expect(stream.strange).toEqual([])
  })

  it("[H3, G1] live: every event as it comes, and the end", async () => {
    const socket = await scene.connect()
    const ack = await held(socket)
    const stream = await scene.sse(`/api/runs/${ack.runId}/events`)
    const { last } = socket.log(ack.runId)
    await stream.until(() => (stream.events.length === last ? true : undefined), "what is there")
    scene.runtime.upstream.release()
    await stream.whole()
    expect(stream.events.map(({ event }) => event)).toEqual(await scene.ended(socket, ack))
  })

  it("[H3] Last-Event-ID resumes, and wins over `after`", async () => {
    const socket = await scene.connect()
    const { ack, events } = await scene.run(socket)
    const path = `/api/runs/${ack.runId}/events`
    const read = async (query: string, headers: Record<string, string> = {}) => {
      const stream = await scene.sse(`${path}${query}`, headers)
      await stream.whole()
      expect(stream.entries.at(-1)).toEqual({ data: "[DONE]" })
      return stream.events.map(({ number }) => number)
    }
    const from = (first: number) => events.map((_, index) => index + 1).filter((number) => number >= first)
    expect(await read("")).toEqual(from(1))
    expect(await read("?after=0")).toEqual(from(1))
    expect(await read("?after=3")).toEqual(from(4))
    expect(await read("", { "last-event-id": "3" })).toEqual(from(4))
    expect(await read("?after=5", { "last-event-id": "2" })).toEqual(from(3))
    expect(await read("?after=0", { "last-event-id": String(events.length - 1) })).toEqual(from(events.length))
    expect(await read(`?after=${events.length}`)).toEqual([])
    // and also where `after` alone would be refused
    expect(await read("?after=99999", { "last-event-id": "1" })).toEqual(from(2))
  })

  it("[H3, A15] beyond the last number, or no number: 400", async () => {
    const socket = await scene.connect()
    const { ack, events } = await scene.run(socket)
    const path = `/api/runs/${ack.runId}/events`
    for (const after of [String(events.length + 1), "99999", "-1", "0.5", "x", "1e1", "0x1", ""]) {
      if (after !== "") {
        const byHeader = await scene.http("GET", `${path}?after=0`, { headers: { "last-event-id": after } })
        expectHttpRefusal(byHeader, 400, "invalid")
      }
      expectHttpRefusal(await scene.http("GET", `${path}?after=${after}`), 400, "invalid")
    }
    expectHttpRefusal(await scene.http("GET", `/api/runs/${newId("run")}/events`), 404, "not_found")
  })

  it("[H3, G1] a stream that drops is taken up where it stood, and nothing is missing", async () => {
    const text = "Piece by piece by piece. ".repeat(30)
    const body = bodyOf({ model: scene.model({ text, intervalMs: 2 }) })
    await scene.http("POST", "/api/runs", { body })
    const held: { number: number; event: unknown }[] = []
    for (let more = 3; held.length === 0 || more < 60; more += 6) {
      const headers = held.length === 0 ? {} : { "last-event-id": String(held.at(-1)?.number) }
      const stream = await scene.sse(`/api/runs/${body.runId}/events`, headers as Record<string, string>)
      await stream.until(() => (stream.entries.length >= more || stream.ended ? true : undefined), "events")
      stream.close()
      held.push(...stream.events)
      if (stream.entries.at(-1)?.data === "[DONE]") break
    }
    if (held.at(-1)?.event === undefined || !JSON.stringify(held.at(-1)).includes('"finish"')) {
      const stream = await scene.sse(`/api/runs/${body.runId}/events`, { "last-event-id": String(held.at(-1)?.number) })
      await stream.whole()
      held.push(...stream.events)
    }
    expect(held.map(({ number }) => number)).toEqual(held.map((_, index) => index + 1))
    const events = await scene.replay(body.runId)
    expect(held.map(({ event }) => event)).toEqual(events)
    expect(textOf(events)).toBe(text)
  })

  it("[H3, G4] a reader that leaves does not stop the run", async () => {
    const socket = await scene.connect()
    const model = scene.model({ text: "One. Two. Three.", holdAfter: 1 })
    const ack = await held(socket, { model })
    const stream = await scene.sse(`/api/runs/${ack.runId}/events`)
    await stream.until(() => (stream.entries.length > 1 ? true : undefined), "events")
    stream.close()
    scene.runtime.upstream.release()
    expect(endOf(await scene.ended(socket, ack)).status).toBe("complete")
  })

  it("[H3] a failed and a stopped run end with the end mark too", async () => {
    const socket = await scene.connect()
    const failed = await scene.run(socket, { model: scene.model({ fault: "die", text: "One. Two. Three. Four." }) })
    const stopped = await held(socket)
    const live = await scene.sse(`/api/runs/${stopped.runId}/events`)
    await scene.http("POST", `/api/runs/${stopped.runId}/stop`)
    const replayed = await scene.sse(`/api/runs/${failed.ack.runId}/events`)
    for (const [stream, terminal] of [
      [live, "abort"],
      [replayed, "error"],
    ] as const) {
      await stream.whole()
      expect(stream.entries.at(-1)).toEqual({ data: "[DONE]" })
      expect(stream.events.at(-1)?.event).toMatchObject({ type: terminal })
    }
  })
})
