import { describe, expect, it } from "vitest"
import type { Frame } from "../support/raw-client.ts"
import { echoModel } from "../support/runtime.ts"
import { newId } from "./ids.ts"
import { endOf } from "./run-rules.ts"
import { acked, expectRefusal, question, startOf, useScene, within } from "./scene.ts"
import type { Summary } from "./scene.ts"

const scene = useScene()

const summariesOf = (frames: Frame[], chatId: string): Summary[] =>
  frames
    .map(({ chat }) => chat as Summary | undefined)
    .filter((chat) => chat !== undefined && chat.id === chatId) as Summary[]

describe("frames from the server", () => {
  it("[F1] an answer brings an ack, run frames in order, and the chat's summaries, and nothing else", async () => {
    const socket = await scene.connect()
    const { ack, events } = await scene.run(socket)
    expect(new Set(socket.frames.map((frame) => frame.type))).toEqual(new Set(["ack", "run", "chat"]))
    const runs = socket.frames.filter((frame) => frame.type === "run")
    let next = 1
    for (const frame of runs) {
      expect(frame).toEqual({ type: "run", runId: ack.runId, from: next, events: expect.any(Array) as unknown[] })
      next += (frame["events"] as unknown[]).length
    }
    expect(next).toBe(events.length + 1)
  })

  it("[F1, H4] a chat frame tells the summary after it was made and after it was changed, to every connection", async () => {
    const [socket, other] = [await scene.connect(), await scene.connect()]
    const { ack } = await scene.run(socket)
    const { chatId, runId, messageId } = ack
    const renamed = await scene.http("PATCH", `/api/chats/${chatId}`, { body: { title: "Another name" } })
    const isRenamed = ({ chat }: Frame) => (chat as Summary | undefined)?.title === "Another name"
    for (const each of [socket, other]) {
      expect((await each.waitFor(isRenamed, "the new title"))["chat"]).toEqual(renamed.body)
      const told = summariesOf(each.frames, chatId)
      expect(told[0]).toMatchObject({ id: chatId, leafId: messageId, runs: { [runId]: messageId } })
      expect(told.at(-1)).toEqual(await scene.chat(chatId))
      expect(told.at(-1)).toMatchObject({ leafId: messageId, runs: {} })
    }
  })

  it("[F1, H5] after a deletion a chat frame says so, and no more is told of it", async () => {
    const [socket, other] = [await scene.connect(), await scene.connect()]
    const { ack } = await scene.run(socket)
    const { chatId } = ack
    await scene.http("DELETE", `/api/chats/${chatId}`)
    for (const each of [socket, other]) {
      const frame = await each.waitFor(
        ({ chat }) => (chat as Summary & { deleted?: true })?.deleted === true,
        "the deletion",
      )
      expect(frame).toEqual({ type: "chat", chat: { id: chatId, deleted: true } })
      await each.roundTrip()
      expect(summariesOf(each.frames, chatId).at(-1)).toEqual({ id: chatId, deleted: true })
    }
  })

  it("[F2, H3] a run that is silent gives signs of life at least every 10 s, on every connection and stream", async () => {
    const [socket, other] = [await scene.connect(), await scene.connect()]
    const model = scene.model({ text: "One. Two. Three.", holdAfter: 1 })
    const { runId, chatId } = await scene.start(socket, { model })
    await socket.said(runId, "One. Tw")
    const { last } = socket.log(runId)
    acked(await other.act({ action: "run.follow", runId, after: last }))
    const stream = await scene.sse(`/api/runs/${runId}/events?after=${last}`)
    // Four signs of life, five seconds apart: twenty seconds of real silence, and more than one each ten.
    await within(40_000, [
      ...[socket, other].map(async (each) =>
        each.until(() => (each.log(runId).emptyFrames >= 4 ? true : undefined), "a fourth sign of life"),
      ),
      stream.until(() => (stream.comments >= 4 ? true : undefined), "a fourth comment"),
    ])
    const empty = socket.frames.findLast((frame) => frame.type === "run")
    expect(empty).toEqual({ type: "run", runId, from: last + 1, events: [] })
    expect(await other.act({ action: "run.follow", runId, after: last })).toMatchObject({ status: "running", last })
    expect(Object.keys((await scene.chat(chatId)).runs)).toEqual([runId])
    scene.runtime.upstream.release()
    expect(endOf(await socket.ended(runId)).status).toBe("complete")
    expect((await stream.whole()).at(-1)).toEqual({ data: "[DONE]" })
  })

  it("[F3, H1] errors have their code, and say what can be done", async () => {
    const socket = await scene.connect()
    const { ack } = await scene.run(socket)
    const wanted: [string, object, boolean][] = [
      ["invalid", startOf({ message: { parts: [] } }), false],
      ["not_found", { action: "run.follow", runId: newId("run"), after: 0 }, false],
      ["not_found", startOf({ chatId: ack.chatId, parentId: newId("msg") }), false],
      ["conflict", startOf({ runId: ack.runId, message: question("Other.") }), false],
      ["model_not_found", startOf({ model: `${echoModel}-none` }), false],
    ]
    for (const [code, action, retryable] of wanted) {
      const answer = await socket.act(action as Frame)
      expectRefusal(answer, code)
      expect(answer["retryable"]).toBe(retryable)
      expect(String(answer["message"]).length).toBeGreaterThan(10)
    }
  })
})

describe("the status of a run", () => {
  it("[F4] is queued or running, then the one it ended with, for whoever asks", async () => {
    const [socket, other] = [await scene.connect(), await scene.connect()]
    const statusOf = async (runId: string): Promise<unknown> =>
      acked(await other.act({ action: "run.follow", runId, after: 0 })).status
    const good = await scene.start(socket, { model: scene.model({ text: "One. Two.", holdAfter: 1 }) })
    await socket.said(good.runId, "One. Tw")
    expect(await statusOf(good.runId)).toBe("running")
    scene.runtime.upstream.release()
    await scene.ended(socket, good)
    expect(await statusOf(good.runId)).toBe("complete")

    const bad = await scene.run(socket, { model: scene.model({ text: "One. Two.", fault: "die" }) })
    expect(await statusOf(bad.ack.runId)).toBe("failed")

    const long = await scene.start(socket, { model: scene.model({ text: "One. Two.", holdAfter: 1 }) })
    await socket.said(long.runId, "One. Tw")
    const stop = await socket.act({ action: "run.stop", runId: long.runId })
    expect(["stopping", "stopped"]).toContain(stop["status"])
    expect(["stopping", "stopped"]).toContain(await statusOf(long.runId))
    await scene.ended(socket, long)
    expect(await statusOf(long.runId)).toBe("stopped")
    expect(await socket.act({ action: "run.stop", id: "late", runId: long.runId })).toEqual({
      type: "ack",
      id: "late",
      runId: long.runId,
      status: "stopped",
    })
  })

  it("[F4] of an ended run does not change by a stop", async () => {
    const socket = await scene.connect()
    const { ack, events } = await scene.run(socket)
    expect(acked(await socket.act({ action: "run.stop", runId: ack.runId })).status).toBe("complete")
    const stopped = await scene.http("POST", `/api/runs/${ack.runId}/stop`)
    expect(stopped).toMatchObject({ status: 200, body: { runId: ack.runId, status: "complete" } })
    await scene.expectStored(ack, events)
    expect(await scene.replay(ack.runId)).toEqual(events)
  })
})
