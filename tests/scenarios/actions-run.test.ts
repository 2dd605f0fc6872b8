import { describe, expect, it } from "vitest"
import type { RawSocket } from "../support/raw-client.ts"
import { echoModel, runtimeKind } from "../support/runtime.ts"
import { newId } from "./ids.ts"
import { endOf, textOf } from "./run-rules.ts"
import { acked, expectHttpRefusal, expectRefusal, question, startOf, useScene } from "./scene.ts"
import type { Ack, Fields } from "./scene.ts"

const scene = useScene()

const without = ({ id: _, status: _status, ...rest }: Ack): Fields => rest

async function held(socket: RawSocket, fields: Fields = {}): Promise<Ack> {
  const ack = await scene.start(socket, { model: scene.model({ text: "One. Two. Three.", holdAfter: 1 }), ...fields })
  await socket.said(ack.runId, "One. Tw")
  return ack
}

describe("what is asked of the model", () => {
  it("[A11] params reach the model", async () => {
    const socket = await scene.connect()
    const model = scene.model({})
    const params = {
      temperature: 0.5,
      topP: 0.25,
      maxOutputTokens: 77,
      stop: ["END", "Observation:"],
      seed: 7,
      system: "Speak like a pirate.",
    }
    await scene.run(socket, { model, params, message: question("Who?") })
    const { seed, system, ...everywhere } = params
    expect(scene.asked(model)).toMatchObject([
      {
        // Bedrock has no place for a seed
        params: runtimeKind === "aws" ? everywhere : { ...everywhere, seed },
        system,
        messages: [{ role: "user", text: "Who?" }],
      },
    ])
  })

  // Bedrock's models have no common way of being told so.
  it.runIf(runtimeKind === "local")("[A11] reasoning can be switched off and graded", async () => {
    const socket = await scene.connect()
    for (const [reasoning, think] of [
      ["off", [false]],
      ["low", [true, "low"]],
      ["medium", [true, "medium"]],
      ["high", [true, "high"]],
    ] as const) {
      const model = scene.model({ thinking: "Well.", text: "Yes." }, "thinking")
      const { events } = await scene.run(socket, { model, params: { reasoning } })
      const [{ body } = { body: {} }] = scene.asked(model)
      expect(think).toContain((body as { think?: unknown }).think)
      expect(events.some((event) => event.type === "reasoning-delta")).toBe(reasoning !== "off")
    }
  })

  it.each<[string, Fields]>([
    ["another name", { topK: 3 }],
    ["a provider's name", { num_predict: 3 }],
    ["the name of an object's own member", { constructor: 1 }],
    ["temperature as text", { temperature: "1" }],
    ["temperature null", { temperature: null }],
    ["topP as a list", { topP: [1] }],
    ["half a token", { maxOutputTokens: 0.5 }],
    ["stop as a text", { stop: "END" }],
    ["stop with a number", { stop: [1] }],
    ["seed as text", { seed: "7" }],
    ["half a seed", { seed: 0.5 }],
    ["reasoning of another grade", { reasoning: "max" }],
    ["reasoning as a flag", { reasoning: true }],
    ["system as a list", { system: ["x"] }],
  ])("[A11, A3] %s is invalid, and nothing is written", async (_, params) => {
    const socket = await scene.connect()
    const before = await scene.snapshot()
    expectRefusal(await socket.act(startOf({ params })), "invalid")
    expect(await scene.snapshot()).toBe(before)
  })

  it.runIf(runtimeKind === "local")("[A14] an Ollama name without a tag means :latest", async () => {
    const socket = await scene.connect()
    const { ack, events } = await scene.run(socket, { model: "ollama/echo" })
    expect(events[0]).toMatchObject({ messageMetadata: { model: "ollama/echo:latest" } })
    expect(await scene.message(ack.chatId, ack.messageId)).toMatchObject({ model: "ollama/echo:latest" })
  })

  it("[A14, A3] a model that does not exist is model_not_found, and nothing is written", async () => {
    const socket = await scene.connect()
    const before = await scene.snapshot()
    for (const model of [
      "ollama/nothing:latest",
      "ollama/echo:7b",
      "bedrock/nothing",
      "bedrock/ECHO",
      "echo:latest",
      "openai/none",
      "x",
      "ollama/",
      "/",
    ]) {
      expectRefusal(await socket.act(startOf({ model })), "model_not_found")
      const { action: _, ...body } = startOf({ model })
      expectHttpRefusal(await scene.http("POST", "/api/runs", { body }), 404, "model_not_found")
    }
    expect(await scene.snapshot()).toBe(before)
  })

  it("[A3] checks come in their order: form, the same run, not_found, conflict, model", async () => {
    const socket = await scene.connect()
    const { ack } = await scene.run(socket)
    const { chatId, runId, userMessageId } = ack
    const unfinished = await held(socket)
    const form = { params: { temperature: "1" } }
    const missing = { chatId, parentId: newId("msg") }
    const taken = { message: { ...question("Again."), id: userMessageId } }
    const model = `${echoModel}-nothing`
    const file = (fields: Fields) => ({
      ...fields,
      message: { ...(fields["message"] as object), parts: [{ type: "file", fileId: newId("fil") }] },
    })
    const before = await scene.snapshot(chatId, unfinished.chatId)
    const wanted: [string, Fields][] = [
      ["invalid", { runId, ...missing, model, ...form }],
      ["conflict", { runId, ...missing, model }],
      ["conflict", { runId, chatId, ...taken, model }],
      ["not_found", { ...missing, ...taken, model }],
      ["not_found", { chatId, ...file(taken), model }],
      ["not_found", { chatId: unfinished.chatId, ...file({}), model }],
      ["conflict", { chatId, ...taken, model }],
      ["conflict", { chatId: unfinished.chatId, model }],
      ["not_found", { ...missing, message: undefined, model }],
      ["invalid", { chatId, parentId: ack.messageId, message: undefined, model }],
      ["model_not_found", { chatId, model }],
    ]
    for (const [code, fields] of wanted) {
      const answer = await socket.act(startOf(fields))
      expect({ fields, code: answer["code"] }).toEqual({ fields, code })
    }
    expect(await scene.snapshot(chatId, unfinished.chatId)).toBe(before)
  })
})

describe("temporary chats", () => {
  it("[A12] say so, can be read and go on, and are in no list", async () => {
    const [socket, other] = [await scene.connect(), await scene.connect()]
    const { ack, events } = await scene.run(socket, { temporary: true })
    const { chatId, messageId } = ack
    expect(await scene.chat(chatId)).toMatchObject({ id: chatId, temporary: true, leafId: messageId })
    await scene.expectStored(ack, events)
    const { ack: second } = await scene.run(socket, { chatId })
    expect(await scene.messages(chatId)).toHaveLength(4)
    expect(await scene.chat(chatId)).toMatchObject({ temporary: true, leafId: second.messageId })
    expect((await scene.chats()).map((chat) => chat.id)).not.toContain(chatId)
    await other.roundTrip()
    const told = [...socket.frames, ...other.frames].flatMap(({ chat }) => (chat === undefined ? [] : [chat as Fields]))
    expect(told.length).toBeGreaterThan(0)
    for (const chat of told) expect(chat).toMatchObject({ id: chatId, temporary: true })
  })

  it("[A12] may have a chatId of the client's", async () => {
    const socket = await scene.connect()
    const chatId = newId("cht")
    await scene.run(socket, { chatId, temporary: true })
    expect(await scene.chat(chatId)).toMatchObject({ id: chatId, temporary: true })
  })

  it("[A12, A3] a chat that is there does not become temporary", async () => {
    const socket = await scene.connect()
    const { ack } = await scene.run(socket)
    const before = await scene.snapshot(ack.chatId)
    expectRefusal(await socket.act(startOf({ chatId: ack.chatId, temporary: true })), "invalid")
    expect(await scene.snapshot(ack.chatId)).toBe(before)
  })

  it("[A12, H5] are deleted like others", async () => {
    const socket = await scene.connect()
    const { ack } = await scene.run(socket, { temporary: true })
    expect((await scene.http("DELETE", `/api/chats/${ack.chatId}`)).status).toBe(204)
    expect((await scene.http("GET", `/api/chats/${ack.chatId}`)).status).toBe(404)
  })
})

describe("the same start again", () => {
  it("[A13, A2] is acked with the same ids, makes no second run, and follows from 0", async () => {
    const [socket, other] = [await scene.connect(), await scene.connect()]
    const model = scene.model({ text: "One. Two. Three.", holdAfter: 1 })
    const start = startOf({ model })
    const first = acked(await socket.act(start))
    await socket.said(start.runId, "One. Tw")
    const second = acked(await socket.act(start))
    const third = acked(await other.act(start))
    const { action: _, ...body } = start
    const fourth = await scene.http("POST", "/api/runs", { body })
    expect(fourth.status).toBe(202)
    expect([without(second), without(third)]).toEqual([without(first), without(first)])
    expect({ type: "ack", ...(fourth.body as object) }).toEqual({ ...without(first), status: "running" })
    expect([second.status, third.status]).toEqual(["running", "running"])
    await other.said(start.runId, "One. Tw")
    scene.runtime.upstream.release()
    const events = await scene.ended(socket, first)
    expect(await other.ended(start.runId)).toEqual(events)
    expect(scene.asked(model)).toHaveLength(1)
    expect(await scene.messages(first.chatId)).toHaveLength(2)
  })

  it("[A13] after the end is acked with the final status, and gives the whole run once more", async () => {
    const [socket, other] = [await scene.connect(), await scene.connect()]
    const start = startOf({})
    const first = acked(await socket.act(start))
    const events = await scene.ended(socket, first)
    for (const each of [socket, other]) {
      expect(acked(await each.act(start))).toMatchObject({ ...without(first), status: "complete" })
    }
    expect(await other.ended(start.runId)).toEqual(events)
    const again = socket.log(start.runId)
    await socket.until(() => (again.overlaps > 0 ? true : undefined), "the run once more")
    expect(scene.asked(echoModel).filter(({ body }) => JSON.stringify(body).includes(start.runId))).toEqual([])
    expect(await scene.messages(first.chatId)).toHaveLength(2)
  })

  it("[A13] is the same with other keys' order, and with defaults written out", async () => {
    const socket = await scene.connect()
    const start = startOf({})
    const first = acked(await socket.act(start))
    const { action, runId, message, model } = start
    const turned = { model, message, runId, action }
    const spelled = { ...start, continue: false, temporary: false }
    for (const same of [turned, spelled]) expect(without(acked(await socket.act(same)))).toEqual(without(first))
  })

  it("[A13] by HTTP, then by socket, and the other way round", async () => {
    const socket = await scene.connect()
    const { action: _, ...body } = startOf({})
    const posted = await scene.http("POST", "/api/runs", { body })
    expect(posted.status).toBe(202)
    const ack = acked(await socket.act({ action: "run.start", ...body }))
    expect({ ...without(ack) }).toEqual({ type: "ack", ...without(posted.body as Ack) })
    await scene.expectStored(ack, await socket.ended(ack.runId))
    expect((await scene.http("POST", "/api/runs", { body })).body).toMatchObject({ status: "complete" })
  })

  it("[A13] many at the same moment are one run", async () => {
    const sockets = await Promise.all(Array.from({ length: 6 }, async () => scene.connect()))
    const model = scene.model({})
    const start = startOf({ model })
    const { action: _, ...body } = start
    const posted = Array.from({ length: 4 }, async () => scene.http("POST", "/api/runs", { body }))
    const acks = await Promise.all([...sockets, ...sockets].map(async (socket) => acked(await socket.act(start))))
    for (const { status, body: answer } of await Promise.all(posted)) {
      expect(status).toBe(202)
      acks.push({ type: "ack", id: "", ...(answer as object) } as Ack)
    }
    expect(
      new Set(acks.map((ack) => JSON.stringify(without(ack), ["chatId", "messageId", "runId", "userMessageId"]))).size,
    ).toBe(1)
    const lists = await Promise.all(sockets.map(async (socket) => socket.ended(start.runId)))
    expect(new Set(lists.map((events) => JSON.stringify(events))).size).toBe(1)
    expect(scene.asked(model)).toHaveLength(1)
    expect(await scene.messages(acks[0]?.chatId ?? "")).toHaveLength(2)
  })

  it("[A13, A3] with other content it is a conflict", async () => {
    const socket = await scene.connect()
    const start = startOf({ params: { seed: 1 } })
    const ack = acked(await socket.act(start))
    await scene.ended(socket, ack)
    const { chatId } = ack
    const before = await scene.snapshot(chatId)
    const others: Fields[] = [
      { message: question("Hello!") },
      { message: { ...question("Hello."), id: ack.userMessageId } },
      { message: { parts: [...question("Hello.").parts, ...question("More.").parts] } },
      { model: scene.model({}) },
      { params: { seed: 2 } },
      { params: undefined },
      { chatId },
      { temporary: true },
      { chatId, parentId: ack.messageId, continue: true, message: undefined },
    ]
    for (const other of others) {
      const same = { ...start, ...other }
      expect({ other, code: (await socket.act(same))["code"] }).toEqual({ other, code: "conflict" })
      const { action: _, ...body } = same
      expectHttpRefusal(await scene.http("POST", "/api/runs", { body }), 409, "conflict")
    }
    expect(await scene.snapshot(chatId)).toBe(before)
    // in a chat that is there, no parent is its leaf, and null is the root
    const { ack: second } = await scene.run(socket, { chatId })
    expectRefusal(await socket.act(startOf({ runId: second.runId, chatId, parentId: null })), "conflict")
  })
})

describe("following", () => {
  it("[A15] `after` beyond the last number is invalid, at the last it is not", async () => {
    const socket = await scene.connect()
    const ack = await held(socket)
    const { runId } = ack
    const { last } = socket.log(runId)
    expectRefusal(await socket.act({ action: "run.follow", runId, after: last + 1 }), "invalid")
    scene.runtime.upstream.release()
    const events = await scene.ended(socket, ack)
    for (const after of [events.length + 1, events.length + 1000]) {
      expectRefusal(await socket.act({ action: "run.follow", runId, after }), "invalid")
    }
    const other = await scene.connect()
    expect(await other.act({ action: "run.follow", runId, after: events.length })).toMatchObject({
      type: "ack",
      status: "complete",
      last: events.length,
    })
  })

  it("[A15] unfollow is acked also when nothing was followed, and as often as one likes", async () => {
    const [socket, other] = [await scene.connect(), await scene.connect()]
    const { runId } = await held(socket)
    for (let time = 0; time < 3; time += 1) {
      expect(await other.act({ action: "run.unfollow", id: `${time}`, runId })).toEqual({
        type: "ack",
        id: `${time}`,
        runId,
      })
    }
  })

  it("[A15] after the ack of an unfollow no frame of the run comes", async () => {
    const [socket, other] = [await scene.connect(), await scene.connect()]
    const ack = await held(socket)
    acked(await other.act({ action: "run.follow", runId: ack.runId, after: 0 }))
    await other.said(ack.runId, "One. Tw")
    acked(await socket.unfollow(ack.runId))
    scene.runtime.upstream.release()
    expect(endOf(await other.ended(ack.runId)).status).toBe("complete")
    await socket.roundTrip()
    const got = textOf(socket.log(ack.runId).events)
    // on AWS what was under way comes
    if (runtimeKind === "local") expect(got).toBe("One. Tw")
    expect("One. Two. Three.".startsWith(got)).toBe(true)
    // the other connection goes on, and this one may come back
    acked(await socket.act({ action: "run.follow", runId: ack.runId, after: socket.log(ack.runId).last }))
    expect(await socket.ended(ack.runId)).toEqual(other.log(ack.runId).events)
  })

  it("[A15] an unfollow ends the replay of a long run", async () => {
    const [socket, other] = [await scene.connect(), await scene.connect()]
    const model = scene.model({ text: "long ".repeat(1_000_000), charactersPerChunk: 20_000, intervalMs: 1 })
    const { ack, events } = await scene.run(socket, { model })
    acked(await other.act({ action: "run.follow", runId: ack.runId, after: 0 }))
    acked(await other.unfollow(ack.runId))
    await other.roundTrip()
    expect(other.log(ack.runId).events).toEqual(events.slice(0, other.log(ack.runId).last))
  })

  it("[A2, F3] what is not there is not found", async () => {
    const socket = await scene.connect()
    const runId = newId("run")
    expectRefusal(await socket.act({ action: "run.follow", runId, after: 0 }), "not_found")
    expectRefusal(await socket.act({ action: "run.stop", runId }), "not_found")
  })
})

describe("a model server that cannot be asked", () => {
  it("[A14, G5] a known model is accepted, the question kept, and the run ends failed with model_unavailable", async () => {
    const socket = await scene.connect()
    const known = scene.model({})
    await scene.run(socket, { model: known })
    await scene.runtime.upstream.down()
    const { ack, events } = await scene.run(socket, { model: known, message: question("Anybody there?") })
    const { status, usage, error } = endOf(events)
    expect({ status, error }).toMatchObject({ status: "failed", error: { code: "model_unavailable", retryable: true } })
    expect(usage).toMatchObject({ inputTokens: 0, outputTokens: 0 })
    await scene.expectStored(ack, events)
    expect(await scene.message(ack.chatId, ack.userMessageId)).toMatchObject({
      status: "complete",
      parts: [{ type: "text", text: "Anybody there?" }],
    })
    const { models } = (await scene.http("GET", "/api/models")).body as { models: { id: string }[] }
    expect(models.map(({ id }) => id)).toContain(known)

    await scene.runtime.upstream.up()
    const { chatId, userMessageId } = ack
    const again = await scene.run(socket, { chatId, parentId: userMessageId, message: undefined, model: known })
    expect(textOf(again.events)).toContain("You said: Anybody there?")
  })

  it("[A14, A3] a model that was never seen is model_not_found, and nothing is written", async () => {
    const socket = await scene.connect()
    await scene.runtime.upstream.down()
    const before = await scene.snapshot()
    expectRefusal(await socket.act(startOf({ model: scene.runtime.upstream.idOf("never-seen") })), "model_not_found")
    expect(await scene.snapshot()).toBe(before)
    await scene.runtime.upstream.up()
  })
})
