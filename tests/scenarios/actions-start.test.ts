import { describe, expect, it } from "vitest"
import type { RawSocket } from "../support/raw-client.ts"
import type { Asked } from "../support/upstream.ts"
import { newId } from "./ids.ts"
import { endOf, textOf } from "./run-rules.ts"
import { acked, expectHttpRefusal, expectRefusal, question, startOf, useScene } from "./scene.ts"
import type { Ack, Fields } from "./scene.ts"

const scene = useScene()

const turnsOf = ({ messages }: Asked): { role: string; content: string }[] =>
  messages.map(({ role, text }) => ({ role, content: text }))

/** A run that has said something and is held in the middle of its answer. */
async function held(socket: RawSocket, fields: Fields = {}): Promise<Ack> {
  const ack = await scene.start(socket, { model: scene.model({ text: "One. Two. Three.", holdAfter: 1 }), ...fields })
  await socket.said(ack.runId, "One. Tw")
  return ack
}

async function stopped(socket: RawSocket, fields: Fields = {}): Promise<Ack> {
  const ack = await held(socket, fields)
  acked(await socket.act({ action: "run.stop", runId: ack.runId }))
  await scene.ended(socket, ack)
  return ack
}

/** Refused with this code by socket and by HTTP, and nothing written. */
async function expectRefused(socket: RawSocket, fields: Fields, code: string, ...chatIds: string[]): Promise<void> {
  const before = await scene.snapshot(...chatIds)
  const start = startOf(fields)
  expectRefusal(await socket.act(start), code)
  const { action: _, ...body } = start
  const status = { invalid: 400, conflict: 409 }[code] ?? 404
  expectHttpRefusal(await scene.http("POST", "/api/runs", { body }), status, code)
  if (!("runId" in fields)) {
    const events = await scene.http("GET", `/api/runs/${start.runId}/events`)
    expect(events.status).toBe(404)
  }
  expect(await scene.snapshot(...chatIds)).toBe(before)
}

describe("chats", () => {
  it("[A5] without a chatId a new chat is made", async () => {
    const socket = await scene.connect()
    const [one, other] = [await scene.run(socket), await scene.run(socket)]
    expect(one.ack.chatId).not.toBe(other.ack.chatId)
    expect(await scene.chat(one.ack.chatId)).toMatchObject({ id: one.ack.chatId, leafId: one.ack.messageId, runs: {} })
    expect((await scene.chats()).map((chat) => chat.id).slice(0, 2)).toEqual([other.ack.chatId, one.ack.chatId])
  })

  it("[A5] an unknown well-formed chatId makes that chat, and a known one goes on in it", async () => {
    const socket = await scene.connect()
    const chatId = newId("cht")
    const { ack } = await scene.run(socket, { chatId })
    expect(ack.chatId).toBe(chatId)
    const second = await scene.run(socket, { chatId })
    expect(second.ack.chatId).toBe(chatId)
    expect(await scene.messages(chatId)).toHaveLength(4)
  })

  it("[A5, A3] a deleted chat is not found, for ever", async () => {
    const socket = await scene.connect()
    const { ack } = await scene.run(socket)
    const { chatId } = ack
    expect((await scene.http("DELETE", `/api/chats/${chatId}`)).status).toBe(204)
    for (let time = 0; time < 3; time += 1) await expectRefused(socket, { chatId }, "not_found")
    await expectRefused(socket, { chatId, parentId: null }, "not_found")
    await expectRefused(socket, { chatId, parentId: ack.userMessageId, message: undefined }, "not_found")
    expect((await scene.http("GET", `/api/chats/${chatId}`)).status).toBe(404)
  })

  it("[A5, A3] a parentId without a chatId is invalid, null is allowed", async () => {
    const socket = await scene.connect()
    const { ack } = await scene.run(socket)
    await expectRefused(socket, { parentId: ack.messageId }, "invalid")
    await expectRefused(socket, { parentId: newId("msg") }, "invalid")
    const root = await scene.run(socket, { parentId: null })
    expect(root.ack.chatId).not.toBe(ack.chatId)
    expect(await scene.message(root.ack.chatId, root.ack.userMessageId)).toMatchObject({ parentId: null })
  })
})

describe("messages", () => {
  it("[A6] is stored with its id and parts, and answered", async () => {
    const socket = await scene.connect()
    const id = newId("msg")
    const parts = [
      { type: "text", text: "First." },
      { type: "text", text: " \n" },
      { type: "text", text: "Grüße, 你好, 👩‍🚀 \u0000 </script>" },
    ]
    const { ack, events } = await scene.run(socket, { message: { id, parts } })
    expect(ack.userMessageId).toBe(id)
    const [answer, asked] = await scene.messages(ack.chatId)
    expect(asked).toEqual({
      id,
      parentId: null,
      role: "user",
      parts,
      status: "complete",
      createdAt: expect.any(String) as string,
    })
    expect(answer).toMatchObject({ id: ack.messageId, parentId: id, role: "assistant", status: "complete" })
    await scene.expectStored(ack, events)
  })

  it("[A6, A3] an unknown fileId is not found", async () => {
    const socket = await scene.connect()
    const parts = [
      { type: "text", text: "See?" },
      { type: "file", fileId: newId("fil") },
    ]
    await expectRefused(socket, { message: { parts } }, "not_found")
  })

  it("[A6, A3] a message.id that is taken is a conflict", async () => {
    const socket = await scene.connect()
    const { ack } = await scene.run(socket)
    const { chatId, userMessageId, messageId } = ack
    for (const id of [userMessageId, messageId]) {
      const message = { ...question("Again."), id }
      await expectRefused(socket, { chatId, message }, "conflict", chatId)
      await expectRefused(socket, { chatId, message, parentId: null }, "conflict", chatId)
      await expectRefused(socket, { chatId, message, parentId: messageId }, "conflict", chatId)
    }
  })

  it("[A7] is a child of the chat's leaf when no parent is given", async () => {
    const socket = await scene.connect()
    const { ack } = await scene.run(socket)
    const second = await scene.run(socket, { chatId: ack.chatId })
    expect(await scene.message(ack.chatId, second.ack.userMessageId)).toMatchObject({ parentId: ack.messageId })
    // the leaf that somebody has chosen counts, not the newest message
    expect((await scene.http("PATCH", `/api/chats/${ack.chatId}`, { body: { leafId: ack.messageId } })).status).toBe(
      200,
    )
    const third = await scene.run(socket, { chatId: ack.chatId })
    expect(await scene.message(ack.chatId, third.ack.userMessageId)).toMatchObject({ parentId: ack.messageId })
  })

  it("[A7] is a root when the parent is null, and a sibling branch under a parent that has a child", async () => {
    const socket = await scene.connect()
    const { ack } = await scene.run(socket, { message: question("Root one.") })
    const { chatId } = ack
    const root = await scene.run(socket, { chatId, parentId: null, message: question("Root two.") })
    const child = await scene.run(socket, { chatId, parentId: ack.messageId, message: question("Child one.") })
    const edit = await scene.run(socket, { chatId, parentId: ack.messageId, message: question("Child two.") })
    const parents = (await scene.messages(chatId)).map(({ id, parentId }) => [id, parentId])
    expect(Object.fromEntries(parents)).toEqual({
      [ack.userMessageId]: null,
      [ack.messageId]: ack.userMessageId,
      [root.ack.userMessageId]: null,
      [root.ack.messageId]: root.ack.userMessageId,
      [child.ack.userMessageId]: ack.messageId,
      [child.ack.messageId]: child.ack.userMessageId,
      [edit.ack.userMessageId]: ack.messageId,
      [edit.ack.messageId]: edit.ack.userMessageId,
    })
  })

  it("[A7, A3] a parent that is not in the chat is not found", async () => {
    const socket = await scene.connect()
    const [one, other] = [await scene.run(socket), await scene.run(socket)]
    const { chatId } = one.ack
    await expectRefused(socket, { chatId, parentId: newId("msg") }, "not_found", chatId)
    await expectRefused(socket, { chatId, parentId: other.ack.messageId }, "not_found", chatId)
    await expectRefused(socket, { chatId: newId("cht"), parentId: one.ack.messageId }, "not_found", chatId)
  })

  it("[A7, A3] a parent that is an unfinished answer is a conflict, named or as the leaf", async () => {
    const socket = await scene.connect()
    const ack = await held(socket)
    const { chatId } = ack
    await expectRefused(socket, { chatId, parentId: ack.messageId }, "conflict", chatId)
    await expectRefused(socket, { chatId }, "conflict", chatId)
    // another branch may begin meanwhile
    const other = await scene.run(socket, { chatId, parentId: null })
    expect(endOf(other.events).status).toBe("complete")
    scene.runtime.upstream.release()
    await scene.ended(socket, ack)
    expect(endOf((await scene.run(socket, { chatId, parentId: ack.messageId })).events).status).toBe("complete")
  })
})

describe("regenerating", () => {
  it("[A8] gives the question a sibling answer, and the ack has no userMessageId", async () => {
    const socket = await scene.connect()
    const { ack } = await scene.run(socket, { message: question("Once more?") })
    const { chatId, userMessageId } = ack
    const again = startOf({ chatId, parentId: userMessageId, message: undefined })
    const second = acked(await socket.act(again))
    expect(Object.keys(second).sort()).toEqual(["chatId", "id", "messageId", "runId", "status", "type"])
    const events = await scene.ended(socket, second)
    expect(textOf(events)).toContain("You said: Once more? (messages: 1)")
    const stored = await scene.messages(chatId)
    expect(stored.map(({ id, parentId }) => [id, parentId])).toEqual([
      [second.messageId, userMessageId],
      [ack.messageId, userMessageId],
      [userMessageId, null],
    ])
    expect(second.messageId > ack.messageId).toBe(true)
  })

  it("[A8] may begin while another answer to the same question is unfinished", async () => {
    const socket = await scene.connect()
    const ack = await held(socket)
    const { chatId, userMessageId } = ack
    const second = await scene.run(socket, { chatId, parentId: userMessageId, message: undefined })
    expect(endOf(second.events).status).toBe("complete")
    expect((await scene.chat(chatId)).runs).toEqual({ [ack.runId]: ack.messageId })
    scene.runtime.upstream.release()
    expect(endOf(await scene.ended(socket, ack)).status).toBe("complete")
  })

  it("[A8, A3] what is no question of the chat is refused", async () => {
    const socket = await scene.connect()
    const [one, other] = [await scene.run(socket), await scene.run(socket)]
    const { chatId, messageId } = one.ack
    const message = undefined
    await expectRefused(socket, { message }, "invalid")
    await expectRefused(socket, { chatId, message }, "invalid", chatId)
    await expectRefused(socket, { chatId, message, parentId: null }, "invalid", chatId)
    await expectRefused(socket, { chatId, message, parentId: messageId }, "invalid", chatId)
    await expectRefused(socket, { chatId, message, parentId: newId("msg") }, "not_found", chatId)
    await expectRefused(socket, { chatId, message, parentId: other.ack.userMessageId }, "not_found", chatId)
    await expectRefused(socket, { chatId: newId("cht"), message, parentId: one.ack.userMessageId }, "not_found")
  })
})

describe("going on", () => {
  it("[A9] makes a sibling that begins with the text of the stopped answer and goes on", async () => {
    const socket = await scene.connect()
    const ack = await stopped(socket, { message: question("Count.") })
    const { chatId } = ack
    const model = scene.model({ text: "o. Three. Four." })
    const fields = { chatId, parentId: ack.messageId, message: undefined, continue: true, model }
    const second = await scene.run(socket, fields)
    expect(Object.keys(second.ack).sort()).toEqual(["chatId", "id", "messageId", "runId", "status", "type"])
    expect(textOf(second.events)).toBe("One. Two. Three. Four.")
    const firstDelta = second.events.findIndex((event) => event.type === "text-delta")
    expect(textOf(second.events.slice(0, firstDelta + 1))).toBe("One. Tw")
    const stored = await scene.expectStored(second.ack, second.events)
    expect(stored.parentId).toBe(ack.userMessageId)
    expect((await scene.chat(chatId)).leafId).toBe(second.ack.messageId)
    expect(await scene.message(chatId, ack.messageId)).toMatchObject({ status: "stopped" })
    const [request] = scene.asked(model)
    expect(request && turnsOf(request)).toEqual([
      { role: "user", content: "Count." },
      { role: "assistant", content: "One. Tw" },
    ])
  })

  it("[A9] takes the text of a failed answer, and not its reasoning", async () => {
    const socket = await scene.connect()
    const model = scene.model({ thinking: "Hm. ".repeat(2), text: "Said. And more.", fault: "die" }, "thinking")
    const { ack, events } = await scene.run(socket, { model })
    expect(endOf(events).status).toBe("failed")
    const text = textOf(events)
    expect(text).not.toBe("")
    const other = scene.model({ text: " Yes." })
    const fields = { chatId: ack.chatId, parentId: ack.messageId, message: undefined, continue: true, model: other }
    const second = await scene.run(socket, fields)
    expect(textOf(second.events)).toBe(`${text} Yes.`)
    expect(second.events.filter((event) => event.type.startsWith("reasoning"))).toEqual([])
    await scene.expectStored(second.ack, second.events)
  })

  it("[A9] takes up an answer that was stopped before its first word", async () => {
    const socket = await scene.connect()
    const model = scene.model({ text: "Never said.", holdAfter: 0 })
    const ack = await scene.start(socket, { model })
    await scene.firstAsked(model)
    acked(await socket.act({ action: "run.stop", runId: ack.runId }))
    await scene.ended(socket, ack)
    const fields = { chatId: ack.chatId, parentId: ack.messageId, message: undefined, continue: true }
    const second = await scene.run(socket, { ...fields, model: scene.model({ text: "Said at last." }) })
    expect(textOf(second.events)).toBe("Said at last.")
    await scene.expectStored(second.ack, second.events)
  })

  it("[A9] an answer that went on can be stopped, and go on again", async () => {
    const socket = await scene.connect()
    const first = await stopped(socket)
    const going = (parentId: string) => ({ chatId: first.chatId, parentId, message: undefined, continue: true })
    const second = await scene.start(socket, {
      ...going(first.messageId),
      model: scene.model({ text: "o and so on for ever", holdAfter: 1 }),
    })
    await socket.said(second.runId, "One. Two and s")
    acked(await socket.act({ action: "run.stop", runId: second.runId }))
    await scene.ended(socket, second)
    const third = await scene.run(socket, { ...going(second.messageId), model: scene.model({ text: "o." }) })
    expect(textOf(third.events)).toBe("One. Two and so.")
    const siblings = (await scene.messages(first.chatId)).filter(({ parentId }) => parentId === first.userMessageId)
    expect(siblings).toHaveLength(3)
  })

  it("[A9, A3] what cannot go on is refused", async () => {
    const socket = await scene.connect()
    const [complete, ack] = [await scene.run(socket), await stopped(socket)]
    const { chatId, messageId, userMessageId } = ack
    const going = { chatId, message: undefined, continue: true }
    await expectRefused(socket, { ...going, parentId: messageId, message: question("And?") }, "invalid", chatId)
    await expectRefused(socket, { ...going, parentId: userMessageId }, "invalid", chatId)
    await expectRefused(socket, going, "invalid", chatId)
    await expectRefused(socket, { ...going, parentId: null }, "invalid", chatId)
    await expectRefused(socket, { message: undefined, continue: true }, "invalid", chatId)
    await expectRefused(socket, { ...going, parentId: newId("msg") }, "not_found", chatId)
    await expectRefused(socket, { ...going, parentId: complete.ack.messageId }, "not_found", chatId)
    const { chatId: other, messageId: done } = complete.ack
    await expectRefused(socket, { chatId: other, parentId: done, message: undefined, continue: true }, "invalid", other)
    const unfinished = await held(socket)
    const { chatId: third, messageId: open } = unfinished
    await expectRefused(
      socket,
      { chatId: third, parentId: open, message: undefined, continue: true },
      "conflict",
      third,
    )
  })
})

describe("branches", () => {
  it("[A10] the new answer is the chat's leaf at once", async () => {
    const socket = await scene.connect()
    const { ack } = await scene.run(socket)
    const { chatId } = ack
    const second = await held(socket, { chatId })
    expect(await scene.chat(chatId)).toMatchObject({
      leafId: second.messageId,
      runs: { [second.runId]: second.messageId },
    })
    const edit = await held(socket, { chatId, parentId: null })
    expect((await scene.chat(chatId)).leafId).toBe(edit.messageId)
    scene.runtime.upstream.release()
    await Promise.all([scene.ended(socket, second), scene.ended(socket, edit)])
    // the end of another run does not move it
    expect(await scene.chat(chatId)).toMatchObject({ leafId: edit.messageId, runs: {} })
  })

  it("[A10] the model sees the path from the root to the message answered, and nothing of other branches", async () => {
    const socket = await scene.connect()
    const say = (text: string) => scene.model({ text })
    const one = await scene.run(socket, { message: question("Q1"), model: say("A1") })
    const { chatId } = one.ack
    await scene.run(socket, { chatId, message: question("Q2"), model: say("A2") })
    const edit = await scene.run(socket, {
      chatId,
      parentId: one.ack.messageId,
      message: question("Q2, edited"),
      model: say("A2, edited"),
    })
    const last = say("A3")
    await scene.run(socket, { chatId, message: question("Q3"), model: last })
    const edited = { role: "user", content: "Q2, edited" }
    const begun = [{ role: "user", content: "Q1" }, { role: "assistant", content: "A1" }, edited]
    expect(scene.asked(last).map(turnsOf)).toEqual([
      [...begun, { role: "assistant", content: "A2, edited" }, { role: "user", content: "Q3" }],
    ])
    const again = say("A2, again")
    await scene.run(socket, { chatId, parentId: edit.ack.userMessageId, message: undefined, model: again })
    expect(scene.asked(again).map(turnsOf)).toEqual([begun])
    const root = say("B1")
    await scene.run(socket, { chatId, parentId: null, message: question("R1"), model: root })
    expect(scene.asked(root).map(turnsOf)).toEqual([[{ role: "user", content: "R1" }]])
  })

  it("[A10] what a model thought is not shown to it again", async () => {
    const socket = await scene.connect()
    const thinker = scene.model({ thinking: "Secret thought.", text: "Said." }, "thinking")
    const { ack } = await scene.run(socket, { message: question("Q1"), model: thinker })
    const model = scene.model({ text: "Done." })
    await scene.run(socket, { chatId: ack.chatId, message: question("Q2"), model })
    expect(JSON.stringify(scene.asked(model).map(({ body }) => body))).not.toContain("Secret thought")
  })
})
