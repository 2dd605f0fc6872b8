import { describe, expect, it } from "vitest"
import type { Event, RawSocket } from "../support/raw-client.ts"
import { timePattern } from "./rules.ts"
import { endOf, reasoningOf, textOf } from "./run-rules.ts"
import { acked, startEventOf, useScene } from "./scene.ts"
import type { Ack, Fields } from "./scene.ts"

const scene = useScene()

/** The kinds of events, neighbouring deltas as one. */
const kindsOf = (events: Event[]): string[] =>
  events.map(({ type }) => type).filter((type, index, all) => !type.endsWith("-delta") || type !== all[index - 1])

const spoken = ["start", "start-step", "text-start", "text-delta", "text-end", "finish-step", "message-metadata"]

async function stopWhen(socket: RawSocket, fields: Fields, ready: (ack: Ack) => Promise<unknown>) {
  const ack = await scene.start(socket, fields)
  await ready(ack)
  acked(await socket.act({ action: "run.stop", runId: ack.runId }))
  return { ack, events: await scene.ended(socket, ack) }
}

describe("events", () => {
  it("[E1] the first is the start with the answer's id, model and time, there before the model says anything", async () => {
    const socket = await scene.connect()
    const model = scene.model({ text: "Late.", holdAfter: 0 })
    const before = Date.now()
    const { runId, messageId, chatId } = await scene.start(socket, { model })
    const first = startEventOf(await socket.events(runId, 1))
    const createdAt = expect.stringMatching(timePattern) as string
    expect(first).toEqual({ type: "start", messageId, messageMetadata: { model, createdAt } })
    const time = Date.parse(first.messageMetadata.createdAt)
    expect(time).toBeGreaterThanOrEqual(before - 1000)
    expect(time).toBeLessThanOrEqual(Date.now() + 1000)
    expect(await scene.message(chatId, messageId)).toMatchObject({ status: "running", parts: [], model })
    await scene.runtime.upstream.held()
    scene.runtime.upstream.release()
    await socket.ended(runId)
  })

  it("[E2] a text is a block in a step, with the deltas in between", async () => {
    const socket = await scene.connect()
    const text = "Grüße, 你好, 👩‍🚀. ".repeat(50)
    const { ack, events } = await scene.run(socket, { model: scene.model({ text, charactersPerChunk: 3 }) })
    expect(kindsOf(events)).toEqual([...spoken, "finish"])
    expect(textOf(events)).toBe(text)
    expect(events.at(-1)).toEqual({ type: "finish", finishReason: "stop" })
    const stored = await scene.expectStored(ack, events)
    expect(stored.parts).toEqual([{ type: "step-start" }, { type: "text", text, state: "done" }])
  })

  it("[E2] reasoning is a block of its own before it", async () => {
    const socket = await scene.connect()
    const model = scene.model({ thinking: "Well, let me see. ".repeat(5), text: "Yes. ".repeat(20) }, "thinking")
    const { ack, events } = await scene.run(socket, { model, params: { reasoning: "medium" } })
    const thought = ["reasoning-start", "reasoning-delta", "reasoning-end"]
    const kinds = kindsOf(events)
    expect(kinds).toEqual(["start", "start-step", ...thought, ...spoken.slice(2), "finish"])
    expect([reasoningOf(events), textOf(events)]).toEqual(["Well, let me see. ".repeat(5), "Yes. ".repeat(20)])
    await scene.expectStored(ack, events)
    expect(endOf(events).usage["reasoningMs"]).toBeTypeOf("number")
  })

  it("[E2, G3] upstream's lines and characters may be cut anywhere", async () => {
    const socket = await scene.connect()
    const text = 'Grüße aus Žižkov, 你好, 👩‍🚀 und "Anführung"\nmit Umbruch.\u2028\u0000\u001b[31m'
    const { events } = await scene.run(socket, { model: scene.model({ text, bytesPerWrite: 1 }) })
    expect(textOf(events)).toBe(text)
    expect(endOf(events).status).toBe("complete")
  })

  it("[E3] news of the queue is no part of the message", async () => {
    const socket = await scene.connect()
    const { ack, events } = await scene.run(socket, { model: scene.model({ text: "After a load." }) })
    const stored = await scene.expectStored(ack, events)
    expect(stored.parts.map((part) => part["type"])).toEqual(["step-start", "text"])
  })
})

describe("the end of a run", () => {
  it("[E4] complete: usage in whole numbers as the model counted, then finish", async () => {
    const socket = await scene.connect()
    const { ack, events } = await scene.run(socket, { model: scene.model({ text: "Seven! ".repeat(6) }) })
    const { status, usage, error } = endOf(events)
    expect({ status, error }).toEqual({ status: "complete", error: undefined })
    expect(usage).toMatchObject({ inputTokens: 11, outputTokens: 6, durationMs: expect.any(Number) as number })
    expect(usage["firstTokenMs"]).toBeLessThanOrEqual(usage["durationMs"] ?? 0)
    await scene.expectStored(ack, events)
  })

  it("[E4] complete for want of room: the finish says length", async () => {
    const socket = await scene.connect()
    const { events } = await scene.run(socket, { model: scene.model({ text: "And so", finishReason: "length" }) })
    expect(endOf(events).status).toBe("complete")
    expect(events.at(-1)).toEqual({ type: "finish", finishReason: "length" })
  })

  it("[E4] complete without a word", async () => {
    const socket = await scene.connect()
    const { ack, events } = await scene.run(socket, { model: scene.model({ text: "" }) })
    expect(textOf(events)).toBe("")
    expect(["complete", "failed"]).toContain(endOf(events).status)
    await scene.expectStored(ack, events)
  })

  it("[E4, G4] stopped in its text: the block and the step are ended, what was said is kept, abort is last", async () => {
    const socket = await scene.connect()
    const { ack, events } = await stopWhen(
      socket,
      { model: scene.model({ text: "One. Two. Three.", holdAfter: 1 }) },
      async ({ runId }) => socket.said(runId, "One. Tw"),
    )
    expect(kindsOf(events)).toEqual([...spoken, "abort"])
    expect(textOf(events)).toBe("One. Tw")
    const { status, usage, error } = endOf(events)
    expect({ status, error }).toEqual({ status: "stopped", error: undefined })
    expect(usage["outputTokens"]).toBeGreaterThan(0)
    await scene.expectStored(ack, events)
  })

  it("[E4] stopped in its reasoning: that block is ended", async () => {
    const socket = await scene.connect()
    const model = scene.model({ thinking: "Hm, hm, hm, hm, hm.", text: "Never.", holdAfter: 1 }, "thinking")
    const { ack, events } = await stopWhen(socket, { model, params: { reasoning: "high" } }, async ({ runId }) =>
      socket.waitFor((frame) => JSON.stringify(frame).includes("reasoning-delta") && frame["runId"] === runId),
    )
    const thought = ["reasoning-start", "reasoning-delta", "reasoning-end"]
    expect(kindsOf(events)).toEqual(["start", "start-step", ...thought, "finish-step", "message-metadata", "abort"])
    await scene.expectStored(ack, events)
  })

  it("[E4] stopped before its first word: nothing was said, and usage is there", async () => {
    const socket = await scene.connect()
    const model = scene.model({ text: "Never.", holdAfter: 0 })
    const { ack, events } = await stopWhen(socket, { model }, async () => scene.firstAsked(model))
    expect([textOf(events), events.at(-1)]).toEqual(["", { type: "abort" }])
    expect(endOf(events).status).toBe("stopped")
    expect(endOf(events).usage["firstTokenMs"]).toBeUndefined()
    await scene.expectStored(ack, events)
  })

  it("[E4] failed in its text: what was said is kept, the error is told, the error event is last", async () => {
    const socket = await scene.connect()
    const model = scene.model({ text: "One. Two. Three.", fault: "die", faultAfter: 2, intervalMs: 1 })
    const { ack, events } = await scene.run(socket, { model })
    expect(kindsOf(events)).toEqual([...spoken, "error"])
    expect("One. Two. Three.".startsWith(textOf(events))).toBe(true)
    const { status, error } = endOf(events)
    expect(status).toBe("failed")
    expect(error).toMatchObject({ code: "upstream_failed", retryable: true })
    const { errorText } = events.at(-1) as { errorText?: string }
    expect(errorText).toMatch(/\S/)
    await scene.expectStored(ack, events)
  })

  it.each([400, 404, 429, 500, 503])(
    "[E4] failed before its first word: the model server answers %i",
    async (status) => {
      const socket = await scene.connect()
      const { ack, events } = await scene.run(socket, { model: scene.model({ status }) })
      expect([textOf(events), endOf(events).status]).toEqual(["", "failed"])
      expect(endOf(events).usage).toMatchObject({ outputTokens: 0 })
      expect(kindsOf(events).slice(-2)).toEqual(["message-metadata", "error"])
      await scene.expectStored(ack, events)
    },
  )

  it("[E4, H5] a deletion ends the run with abort, whatever is stored no more", async () => {
    const socket = await scene.connect()
    const ack = await scene.start(socket, { model: scene.model({ text: "One. Two. Three.", holdAfter: 1 }) })
    await socket.said(ack.runId, "One. Tw")
    expect((await scene.http("DELETE", `/api/chats/${ack.chatId}`)).status).toBe(204)
    const events = await socket.ended(ack.runId)
    expect(endOf(events).status).toBe("stopped")
  })
})

describe("sizes", () => {
  it("[E5] the same numbers mean the same events, however often they are read", async () => {
    const socket = await scene.connect()
    const { ack, events } = await scene.run(socket, { model: scene.model({ text: "word ".repeat(2000) }) })
    for (let time = 0; time < 3; time += 1) expect(await scene.replay(ack.runId)).toEqual(events)
    const { entries } = await scene.sse(`/api/runs/${ack.runId}/events`).then(async (stream) => {
      await stream.whole()
      return stream
    })
    expect(entries.slice(0, -1).map(({ id, data = "" }) => [id, JSON.parse(data)])).toEqual(
      events.map((event, index) => [String(index + 1), event]),
    )
  })

  it.each([
    ["plain", "x".repeat(200_000)],
    ["wide characters", "👩‍🚀🜂".repeat(20_000)],
    ["wide characters, the other half", `x${"🜂".repeat(50_000)}`],
    ["what JSON escapes", '\u0001"\\\n'.repeat(30_000)],
    ["three-byte characters", "你好".repeat(40_000)],
  ])("[E5, C5] one long chunk is cut into events of at most 24,000 bytes: %s", async (_, text) => {
    const socket = await scene.connect()
    const { ack, events } = await scene.run(socket, { model: scene.model({ text, charactersPerChunk: 1_000_000 }) })
    expect(textOf(events)).toBe(text)
    // no more pieces than the size asks for, give or take
    const bytes = Buffer.byteLength(JSON.stringify(text))
    expect(events.length).toBeLessThan(12 + (2 * bytes) / 24_000)
    expect(socket.largest).toBeLessThanOrEqual(30_000)
    await scene.expectStored(ack, events)
  })

  it("[E5] a long thought is cut like a long text", async () => {
    const socket = await scene.connect()
    const thinking = "🜂 thought ".repeat(10_000)
    const model = scene.model({ thinking, text: "Yes.", charactersPerChunk: 1_000_000 }, "thinking")
    const { events } = await scene.run(socket, { model })
    expect(reasoningOf(events)).toBe(thinking)
  })

  it("[E5, C5, G2] a large answer of several megabytes comes whole, and is stored whole", async () => {
    const [socket, other] = [await scene.connect(), await scene.connect()]
    const text = 'All of it — 👩‍🚀, 你好, «ž» and "quotes".\n'.repeat(100_000)
    const { ack, events } = await scene.run(socket, { model: scene.model({ text, charactersPerChunk: 20_000 }) })
    expect(textOf(events) === text).toBe(true)
    acked(await other.act({ action: "run.follow", runId: ack.runId, after: 0 }))
    expect((await other.ended(ack.runId)).length).toBe(events.length)
    const stored = await scene.message(ack.chatId, ack.messageId)
    expect(stored.status).toBe("complete")
    expect(stored.parts.map(({ type, text: words }) => [type, words === text])).toEqual([
      ["step-start", false],
      ["text", true],
    ])
    // the next question has all of it before it
    const model = scene.model({ text: "Read." })
    await scene.run(socket, { chatId: ack.chatId, model })
    const [asked] = scene.asked(model)
    expect(asked?.messages[1]?.text === text).toBe(true)
  })
})
