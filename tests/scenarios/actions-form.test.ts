import { describe, expect, it } from "vitest"
import { newId } from "./ids.ts"
import { acked, expectHttpRefusal, expectRefusal, question, startOf, useScene } from "./scene.ts"
import type { Fields } from "./scene.ts"

const scene = useScene()

const noId = { type: "error", code: "invalid", message: expect.stringMatching(/\S/) as string, retryable: false }

describe("the form of an action", () => {
  it("[A1] ids of 1 and of 64 characters come back as they are", async () => {
    const socket = await scene.connect()
    for (const id of ["x", " ", '"\\\u0000', "__proto__", "ü".repeat(64), "a".repeat(64)]) {
      socket.send({ action: "ping", id })
      expect(await socket.answer(id)).toEqual({ type: "pong", id })
    }
  })

  it("[A1, F3] without a usable id the error has none", async () => {
    const socket = await scene.connect()
    const unusable = ["", "a".repeat(65), 7, null, true, {}, ["a"], undefined]
    for (const id of unusable) socket.send({ action: "ping", id })
    await socket.until(() => (socket.frames.length === unusable.length ? true : undefined), "an error for each")
    for (const frame of socket.frames) expect(frame).toEqual(noId)
    await socket.roundTrip()
  })

  it("[A1, F3] a frame that is no JSON object is invalid, and the connection stays", async () => {
    const socket = await scene.connect()
    const others = [
      "",
      "hello",
      "{",
      '{"action":"ping","id":"x"',
      "null",
      "1",
      '"ping"',
      "[]",
      '[{"action":"ping"}]',
      "\u0000",
    ]
    for (const text of others) socket.send(text)
    await socket.until(() => (socket.frames.length === others.length ? true : undefined), "an error for each")
    for (const frame of socket.frames) expect(frame).toEqual(noId)
    await socket.roundTrip()
  })

  it("[A1] a binary frame is invalid without an id, whatever it holds, and does nothing", async () => {
    const socket = await scene.connect()
    const start = startOf({ id: "binary" })
    socket.send(start, { binary: true })
    socket.send(Buffer.from([0xff, 0x00]), { binary: true })
    socket.send(Buffer.alloc(0), { binary: true })
    await socket.until(() => (socket.frames.length === 3 ? true : undefined), "an error for each")
    for (const frame of socket.frames) expect(frame).toEqual(noId)
    expectRefusal(await socket.act({ action: "run.stop", runId: start.runId }), "not_found")
  })

  it("[A1] text that is not UTF-8 closes with 1007, in one frame and in fragments", async () => {
    const wrong = [Buffer.from([0x22, 0xff, 0x22]), Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), Buffer.from([0xc3])]
    for (const bytes of wrong) {
      for (const fragments of [1, Math.min(2, bytes.length)]) {
        const socket = await scene.connect()
        socket.send(bytes, { fragments })
        expect(await socket.closed()).toBe(1007)
      }
    }
  })

  it("[A1] a character may be cut by a fragment's end", async () => {
    const socket = await scene.connect()
    const text = JSON.stringify({ action: "ping", id: "🜂é🜂" })
    socket.send(text, { fragments: Buffer.byteLength(text) })
    expect(await socket.answer("🜂é🜂")).toEqual({ type: "pong", id: "🜂é🜂" })
  })

  it("[A1] unknown actions are invalid, with the id", async () => {
    const socket = await scene.connect()
    for (const action of ["run.begin", "", "PING", "constructor", "__proto__", 7, null, undefined, {}]) {
      expectRefusal(await socket.act({ action, runId: newId("run") }), "invalid")
    }
  })

  const runId = newId("run")
  const actions: Fields[] = [
    startOf({ runId }),
    { action: "run.follow", runId, after: 0 },
    { action: "run.unfollow", runId },
    { action: "run.stop", runId },
    { action: "run.approve", runId, approvalId: "a", approved: true },
    { action: "ping" },
  ]

  it.each(actions)("[A1] an unknown field of $action is invalid", async (action) => {
    const socket = await scene.connect()
    for (const field of ["extra", "Id", "constructor", "toString"]) {
      expectRefusal(await socket.act({ ...action, [field]: 1 }), "invalid")
    }
    const text = JSON.stringify({ ...action, id: "sneaky", marker: 1 }).replace('"marker":1', '"__proto__":{}')
    socket.send(text)
    expectRefusal(await socket.answer("sneaky"), "invalid")
  })

  it.each(actions)("[A1] a missing field of $action is invalid", async (action) => {
    const socket = await scene.connect()
    const optional = ["action", "message", "reason"]
    for (const field of Object.keys(action).filter((name) => !optional.includes(name))) {
      const { [field]: _, ...rest } = action
      expectRefusal(await socket.act(rest), "invalid")
    }
  })

  const text = { type: "text", text: "Hello." }
  it.each<[string, Fields]>([
    ["runId: a number", { runId: 7 }],
    ["runId: null", { runId: null }],
    ["chatId: null", { chatId: null }],
    ["chatId: a number", { chatId: 7 }],
    ["parentId: a number", { chatId: newId("cht"), parentId: 7 }],
    ["model: empty", { model: "" }],
    ["model: a list", { model: ["ollama/echo"] }],
    ["message: a text", { message: "Hello." }],
    ["message: a list", { message: [text] }],
    ["message: null", { message: null }],
    ["message.parts: none", { message: {} }],
    ["message.parts: empty", { message: { parts: [] } }],
    ["message.parts: an object", { message: { parts: text } }],
    ["message: an unknown field", { message: { parts: [text], role: "system" } }],
    ["message.id: null", { message: { id: null, parts: [text] } }],
    ["a part of another type", { message: { parts: [{ type: "image", url: "x" }] } }],
    ["a part of no type", { message: { parts: [{ text: "Hello." }] } }],
    ["a part that is null", { message: { parts: [null] } }],
    ["a part with an unknown field", { message: { parts: [{ ...text, state: "done" }] } }],
    ["an empty text", { message: { parts: [text, { type: "text", text: "" }] } }],
    ["a text that is a number", { message: { parts: [{ type: "text", text: 7 }] } }],
    ["a file without an id", { message: { parts: [{ type: "file" }] } }],
    ["a file with a url", { message: { parts: [{ type: "file", fileId: newId("fil"), url: "http://x" }] } }],
    ["params: a list", { params: [] }],
    ["params: null", { params: null }],
    ["continue: a text", { continue: "true" }],
    ["temporary: a number", { temporary: 1 }],
  ])("[A1, A3, A6] a start with %s is invalid, and nothing is written", async (_, fields) => {
    const socket = await scene.connect()
    const before = await scene.snapshot()
    const start = startOf(fields)
    expectRefusal(await socket.act(start), "invalid")
    const { action: _action, ...body } = start
    expectHttpRefusal(await scene.http("POST", "/api/runs", { body }), 400, "invalid")
    expect(await scene.snapshot()).toBe(before)
  })

  it("[A1, A15] wrong types and ranges of `after` are invalid", async () => {
    const socket = await scene.connect()
    const { ack } = await scene.run(socket)
    for (const after of [-1, 0.5, "0", null, 2 ** 60, true]) {
      const { runId } = ack
      expectRefusal(await socket.act({ action: "run.follow", runId, after }), "invalid")
    }
  })
})

describe("answers", () => {
  it("[A2] every action is answered once, with its id, by an ack or an error", async () => {
    const socket = await scene.connect()
    const { ack } = await scene.run(socket)
    const { runId } = ack
    const wanted: [string, Fields][] = [
      ["ack", { action: "run.follow", runId, after: 0 }],
      ["ack", { action: "run.unfollow", runId }],
      ["ack", { action: "run.stop", runId }],
      ["error", { action: "run.follow", runId: newId("run"), after: 0 }],
      ["error", { action: "run.stop", runId: newId("run") }],
      ["error", { action: "run.approve", runId: newId("run"), approvalId: "x", approved: false }],
      ["pong", { action: "ping" }],
    ]
    const repeated = [...wanted, ...wanted, ...wanted]
    const answers = await Promise.all(repeated.map(async ([, action]) => socket.act(action)))
    expect(answers.map((answer) => answer.type)).toEqual(repeated.map(([type]) => type))
    await socket.roundTrip()
    expect(socket.frames.filter((frame) => "id" in frame)).toHaveLength(1 + repeated.length + 1)
  })

  it("[A2] acks carry exactly the fields of the page", async () => {
    const socket = await scene.connect()
    const model = scene.model({ text: "One. Two. Three.", holdAfter: 1 })
    const start = startOf({ id: "start", model })
    socket.send(start)
    const { chatId, messageId, userMessageId, ...rest } = acked(await socket.answer("start"))
    expect(rest).toEqual({
      type: "ack",
      id: "start",
      runId: start.runId,
      status: expect.stringMatching(/^(?:queued|running)$/) as string,
    })
    const { runId } = start
    expect([chatId, messageId, userMessageId].map((id) => id.slice(0, 4))).toEqual(["cht_", "msg_", "msg_"])
    await socket.said(runId, "One. Tw")
    const { last } = socket.log(runId)
    const follow = await socket.act({ action: "run.follow", id: "follow", runId, after: last })
    expect(follow).toEqual({ type: "ack", id: "follow", runId, chatId, messageId, status: "running", last })
    const unfollow = await socket.act({ action: "run.unfollow", id: "unfollow", runId })
    expect(unfollow).toEqual({ type: "ack", id: "unfollow", runId })
    const stop = await socket.act({ action: "run.stop", id: "stop", runId })
    expect(stop).toEqual({
      type: "ack",
      id: "stop",
      runId,
      status: expect.stringMatching(/^(?:stopping|stopped)$/) as string,
    })
  })
})

describe("ids", () => {
  const malformed = (prefix: string) => [
    `${prefix}_01J9ZK3V5W8QXA7M2N4P6R8S0`,
    `${prefix}_01J9ZK3V5W8QXA7M2N4P6R8S0TT`,
    `${prefix}_01j9zk3v5w8qxa7m2n4p6r8s0t`,
    `${prefix}_01J9ZK3V5W8QXI7M2N4P6R8S0T`,
    `${prefix}_01J9ZK3V5W8QXU7M2N4P6R8S0T`,
    `${prefix.toUpperCase()}_01J9ZK3V5W8QXA7M2N4P6R8S0T`,
    `xyz_01J9ZK3V5W8QXA7M2N4P6R8S0T`,
    "01J9ZK3V5W8QXA7M2N4P6R8S0T",
    `${prefix}_01J9ZK3V5W8QXA7M2N4P6R8S0T\n`,
    `${prefix}_`,
    "",
  ]

  it("[A4] malformed ids are invalid in every field", async () => {
    const socket = await scene.connect()
    for (const runId of malformed("run")) {
      expectRefusal(await socket.act(startOf({ runId })), "invalid")
      expectRefusal(await socket.act({ action: "run.follow", runId, after: 0 }), "invalid")
      expectRefusal(await socket.act({ action: "run.unfollow", runId }), "invalid")
      expectRefusal(await socket.act({ action: "run.stop", runId }), "invalid")
    }
    for (const chatId of malformed("cht")) expectRefusal(await socket.act(startOf({ chatId })), "invalid")
    for (const id of malformed("msg")) {
      expectRefusal(await socket.act(startOf({ chatId: newId("cht"), parentId: id })), "invalid")
      expectRefusal(await socket.act(startOf({ message: { ...question("Hello."), id } })), "invalid")
    }
    for (const fileId of malformed("fil")) {
      expectRefusal(await socket.act(startOf({ message: { parts: [{ type: "file", fileId }] } })), "invalid")
    }
  })

  it("[A4] malformed ids in a path are 404", async () => {
    for (const path of ["/api/chats/*", "/api/chats/*/messages", "/api/runs/*/events", "/api/files/*"]) {
      for (const id of ["cht_x", "run_x", "x", "%00", "..%2f..", "cht_01j9zk3v5w8qxa7m2n4p6r8s0t"]) {
        expectHttpRefusal(await scene.http("GET", path.replace("*", id)), 404, "not_found")
      }
    }
    expectHttpRefusal(await scene.http("DELETE", "/api/chats/cht_x"), 404, "not_found")
    expectHttpRefusal(await scene.http("PATCH", "/api/chats/cht_x", { body: { title: "x" } }), 404, "not_found")
    expectHttpRefusal(await scene.http("POST", "/api/runs/run_x/stop"), 404, "not_found")
  })

  it("[A4] an answer's id sorts after its question's, wherever that client's clock stands", async () => {
    const socket = await scene.connect()
    for (const time of [1, Date.now(), Date.now() + 365 * 86_400_000, 2 ** 48 - 1]) {
      const id = newId("msg", time)
      const ack = await scene.start(socket, { message: { ...question("When?"), id } })
      expect(ack.userMessageId).toBe(id)
      expect(ack.messageId > id).toBe(true)
      const stored = await scene.messages(ack.chatId)
      expect(stored.map((message) => message.id)).toEqual([ack.messageId, id])
    }
  })

  it("[A4] ids that the server makes sort after all that is there", async () => {
    const socket = await scene.connect()
    const id = newId("msg", Date.now() + 365 * 86_400_000)
    const { ack } = await scene.run(socket, { message: { ...question("When?"), id } })
    const next = await scene.start(socket, { chatId: ack.chatId })
    expect(ack.messageId > id && next.userMessageId > ack.messageId && next.messageId > next.userMessageId).toBe(true)
  })

  it("[A4] a message.id that would not sort after its parent's is replaced, and the ack has the one that counts", async () => {
    const socket = await scene.connect()
    const { ack } = await scene.run(socket)
    const early = newId("msg", 1)
    const start = startOf({ chatId: ack.chatId, message: { ...question("Early?"), id: early } })
    const second = acked(await socket.act(start))
    expect(second.userMessageId).not.toBe(early)
    expect(second.userMessageId > ack.messageId && second.messageId > second.userMessageId).toBe(true)
    const stored = await scene.message(ack.chatId, second.userMessageId)
    expect(stored).toMatchObject({ parentId: ack.messageId, parts: [{ type: "text", text: "Early?" }] })
    expect((await scene.messages(ack.chatId)).some((message) => message.id === early)).toBe(false)
    // the same again is still the same
    await socket.ended(start.runId)
    expect(acked(await socket.act(start))).toMatchObject({
      userMessageId: second.userMessageId,
      messageId: second.messageId,
    })
  })

  it("[A4] a message.id behind its parent's is kept", async () => {
    const socket = await scene.connect()
    const { ack } = await scene.run(socket)
    const id = newId("msg", Date.now() + 1000)
    const second = await scene.start(socket, { chatId: ack.chatId, message: { ...question("Later."), id } })
    expect(second.userMessageId).toBe(id)
  })

  it("[A4] behind the very last id nothing sorts: it is refused, or replaced", async () => {
    const socket = await scene.connect()
    const before = await scene.snapshot()
    const id = `msg_${"Z".repeat(26)}`
    const answer = await socket.act(startOf({ message: { ...question("Last."), id } }))
    if (answer.type === "ack") {
      const { messageId, userMessageId } = acked(answer)
      expect(messageId > userMessageId).toBe(true)
    } else {
      expectRefusal(answer, "invalid")
      expect(await scene.snapshot()).toBe(before)
    }
  })
})
