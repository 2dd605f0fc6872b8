import { newId } from "@omnichat/core/protocol/id"
import type { ChatId, RunId } from "@omnichat/core/protocol/id"
import { describe, expect, test } from "vitest"
import { ChatServer } from "../../../test/chat-server.ts"
import { openPage } from "../../../test/page.ts"
import type { Page } from "../../../test/page.ts"
import { siblings } from "../tree.ts"
import { answering } from "./conversation.ts"

const wish = { model: "ollama/qwen3:14b" }
const words = (text: string) => ({ text, files: [] })
const chatId = (): ChatId => newId("cht", Date.now())
const last = (page: Page) => page.turns().at(-1)
const ended = (page: Page) => page.until(() => last(page)?.status !== "running")
const has = (page: Page, text: string) => page.until(() => page.seen().some((turn) => turn.includes(text)))

/** A chat with one question that has been answered. */
async function talked(): Promise<{ server: ChatServer; page: Page; first: RunId; id: ChatId }> {
  const server = new ChatServer()
  const id = chatId()
  const page = openPage(server, id, { fresh: true })
  page.conversation.send(words("Why?"), wish)
  const first = await server.started(1)
  server.answer(first, "Because.")
  await ended(page)
  return { server, page, first, id }
}

describe("catching up", () => {
  test("does not lead away from words that went out while it was reading", async () => {
    const { server, page } = await talked()
    let release = (): void => {}
    server.gate = new Promise((resolve) => (release = resolve))
    const caughtUp = page.conversation.catchUp()
    page.conversation.send(words("And then?"), wish)
    await server.started(2)
    await page.until(() => last(page)?.id !== undefined)
    release()
    await caughtUp
    expect(page.seen()).toEqual(["Q: Why?", "A: Because.", "Q: And then?", "A: "])
  })
})

describe("a chat that was begun while nobody could be reached", () => {
  test("is not asked for before the server knows of it", async () => {
    const server = new ChatServer()
    server.down = true
    const page = openPage(server, chatId(), { fresh: true })
    page.conversation.send(words("Anybody?"), wish)
    await page.conversation.catchUp()
    const asked = () => server.requests.filter((path) => path.startsWith("/api/chats/"))
    expect(asked()).toEqual([])
    expect(page.seen()).toEqual(["Q: Anybody?", "A: "])
  })

  test("is caught up with like any other once it is known", async () => {
    const { server, page, id } = await talked()
    await page.conversation.catchUp()
    expect(server.requests).toContain(`/api/chats/${id}`)
  })
})

describe("sending", () => {
  test("a message and its answer stand there at once, before anybody has been reached", () => {
    const page = openPage(new ChatServer(), chatId(), { fresh: true })
    page.conversation.send(words(" Why? "), wish)
    expect(page.seen()).toEqual(["Q: Why?", "A: "])
    expect(page.turns().map((turn) => turn.sending)).toEqual(["sending", undefined])
  })

  test("words arrive in the answer, and what is drawn keeps its key when the server names it", async () => {
    const server = new ChatServer()
    const page = openPage(server, chatId(), { fresh: true })
    page.conversation.send(words("Why?"), wish)
    const keys = page.turns().map((turn) => turn.key)
    const run = await server.started(1)
    server.say(run, { type: "text-start", id: "1" }, { type: "text-delta", id: "1", delta: "Beca" })
    await has(page, "Beca")
    expect(answering(page.conversation.state)).toBe(keys[1])
    server.say(run, { type: "text-delta", id: "1", delta: "use." })
    server.end(run, "complete")
    await ended(page)
    expect(page.seen()).toEqual(["Q: Why?", "A: Because."])
    expect(page.turns().map((turn) => turn.key)).toEqual(keys)
    expect(page.turns().map((turn) => turn.id)).toEqual(server.messages.get(page.conversation.id)?.map(({ id }) => id))
    expect(page.turns()[0]?.sending).toBeUndefined()
    expect(page.keep.read("outbox")).toEqual([])
  })

  test("the next message waits for the answer before it, and goes out under it", async () => {
    const server = new ChatServer()
    const page = openPage(server, chatId(), { fresh: true })
    page.conversation.send(words("One?"), wish)
    const first = await server.started(1)
    page.conversation.send(words("Two?"), wish)
    page.conversation.send(words("Three?"), wish)
    expect(page.turns().map((turn) => turn.sending)).toEqual([expect.anything(), undefined, "queued", "queued"])
    server.answer(first, "First.")
    server.answer(await server.started(2), "Second.")
    server.answer(await server.started(3), "Third.")
    await has(page, "Third.")
    expect(page.seen()).toEqual(["Q: One?", "A: First.", "Q: Two?", "A: Second.", "Q: Three?", "A: Third."])
    expect(server.starts).toHaveLength(3)
  })

  test("a message that nobody could be told of goes out from the next page, once", async () => {
    const server = new ChatServer()
    server.down = true
    const id = chatId()
    const page = openPage(server, id, { fresh: true })
    page.conversation.send(words("Still here?"), wish)
    const { runId } = page.turns()[0] ?? {}
    page.leave()
    server.down = false
    const next = openPage(server, id, { keep: page.keep })
    await next.conversation.load()
    expect(next.seen()).toEqual(["Q: Still here?", "A: "])
    expect(await server.started(1)).toBe(runId)
    server.answer(await server.started(1), "Yes.")
    await ended(next)
    expect(server.messages.get(id)).toHaveLength(2)
    expect(next.keep.read("outbox")).toEqual([])
  })

  test("a message the server has and the page did not live to hear of is not asked twice", async () => {
    const { server, page, id, first } = await talked()
    const keep = page.keep
    const [question] = server.messages.get(id) ?? []
    if (!question) throw new Error("no question")
    const entry = { after: { message: null }, input: [], shown: question.parts, ...wish, createdAt: "" }
    keep.write("outbox", [{ runId: first, chatId: id, messageId: question.id, ...entry }])
    const next = openPage(server, id, { keep })
    await next.conversation.load()
    expect(next.seen()).toEqual(["Q: Why?", "A: Because."])
    expect(server.starts).toHaveLength(1)
    expect(keep.read("outbox")).toEqual([])
  })

  test("what is refused says why, and the same words can be sent to another model", async () => {
    const server = new ChatServer()
    const page = openPage(server, chatId(), { fresh: true })
    server.refusal = { code: "model_not_found", message: "There is no such model.", retryable: false }
    page.conversation.send(words("Why?"), wish)
    await ended(page)
    expect(page.turns().map(({ sending, status, error }) => [sending, status, error?.message])).toEqual([
      ["refused", "complete", undefined],
      [undefined, "failed", "There is no such model."],
    ])
    server.refusal = undefined
    page.conversation.again(last(page)?.key ?? "", { model: "demo/tour" })
    server.answer(await server.started(1), "Because.")
    await has(page, "Because.")
    expect(page.seen()).toEqual(["Q: Why?", "A: Because."])
    expect(server.starts.map(({ model }) => model)).toEqual([wish.model, "demo/tour"])
    expect(new Set(server.starts.map(({ runId }) => runId)).size).toBe(2)
  })

  test("a message that waits can be taken back, and those behind it close up", async () => {
    const { server, page } = await talked()
    page.conversation.send(words("Two?"), wish)
    const second = await server.started(2)
    page.conversation.send(words("Three?"), wish)
    page.conversation.send(words("Four?"), wish)
    const third = page.turns().at(-2)
    expect(page.conversation.withdraw(third?.key ?? "")).toEqual(words("Three?"))
    server.answer(second, "Second.")
    server.answer(await server.started(3), "Fourth.")
    await has(page, "Fourth.")
    expect(page.seen().slice(2)).toEqual(["Q: Two?", "A: Second.", "Q: Four?", "A: Fourth."])
  })
})

describe("branches", () => {
  test("another answer is a sibling, and the branch that was chosen is there after a reload", async () => {
    const { server, page, id } = await talked()
    const before = last(page)?.key ?? ""
    page.conversation.again(before, wish)
    expect(page.seen()).toEqual(["Q: Why?", "A: "])
    server.answer(await server.started(2), "It depends.")
    await has(page, "It depends.")
    await ended(page)
    expect(siblings(page.conversation.state, before)).toHaveLength(2)
    page.conversation.choose(before)
    expect(page.seen()).toEqual(["Q: Why?", "A: Because."])
    await server.until(() => server.chats.get(id)?.leafId === page.turns()[1]?.id)
    const next = openPage(server, id)
    await next.conversation.load()
    expect(next.seen()).toEqual(["Q: Why?", "A: Because."])
  })

  test("another question is a sibling of the first, with an answer of its own", async () => {
    const { server, page } = await talked()
    page.conversation.edit(page.turns()[0]?.key ?? "", words("Why not?"), wish)
    server.answer(await server.started(2), "No reason.")
    await has(page, "No reason.")
    expect(page.seen()).toEqual(["Q: Why not?", "A: No reason."])
    expect(server.starts[1]?.parentId).toBeNull()
    expect(siblings(page.conversation.state, page.turns()[0]?.key ?? "")).toHaveLength(2)
  })

  test("an answer that broke off goes on in a sibling that has its words from the beginning", async () => {
    const { server, page } = await talked()
    page.conversation.send(words("More?"), wish)
    server.answer(await server.started(2), "Half a", "failed")
    await ended(page)
    const broken = last(page)
    expect(broken?.error?.message).toBe("It closed the connection.")
    page.conversation.goOn(broken?.key ?? "", wish)
    expect(page.seen().at(-1)).toBe("A: Half a")
    const run = await server.started(3)
    expect(server.starts[2]).toMatchObject({ parentId: broken?.id, continue: true })
    server.answer(run, "Half a sentence.")
    await has(page, "Half a sentence.")
    expect(page.seen()).toHaveLength(4)
  })

  test("two answers can be written at the same time", async () => {
    const server = new ChatServer()
    const page = openPage(server, chatId(), { fresh: true })
    page.conversation.send(words("Why?"), wish)
    const first = await server.started(1)
    const key = last(page)?.key ?? ""
    await page.until(() => page.turns()[0]?.id !== undefined)
    page.conversation.again(key, wish)
    const second = await server.started(2)
    server.answer(second, "Second.")
    server.answer(first, "First.")
    await has(page, "Second.")
    await page.until(() => page.conversation.state.nodes[key]?.status === "complete")
    page.conversation.choose(key)
    expect(page.seen().at(-1)).toBe("A: First.")
  })
})

describe("coming and going", () => {
  test("a page that is opened in mid-answer has every word and gets the rest", async () => {
    const server = new ChatServer()
    const id = chatId()
    const page = openPage(server, id, { fresh: true })
    page.conversation.send(words("Why?"), wish)
    const run = await server.started(1)
    server.say(run, { type: "text-start", id: "1" }, { type: "text-delta", id: "1", delta: "Beca" })
    const next = openPage(server, id)
    await next.conversation.load()
    await has(next, "Beca")
    server.say(run, { type: "text-delta", id: "1", delta: "use." })
    server.end(run, "complete")
    await Promise.all([ended(page), ended(next)])
    expect(next.seen()).toEqual(["Q: Why?", "A: Because."])
    expect(page.seen()).toEqual(next.seen())
  })

  test("what is asked in another tab is seen here, word by word", async () => {
    const { server, page, id } = await talked()
    const other = openPage(server, id)
    await other.conversation.load()
    page.conversation.send(words("And here?"), wish)
    const run = await server.started(2)
    server.say(run, { type: "text-start", id: "1" }, { type: "text-delta", id: "1", delta: "Here t" })
    await has(other, "Here t")
    server.say(run, { type: "text-delta", id: "1", delta: "oo." })
    server.end(run, "complete")
    await has(other, "Here too.")
    expect(other.seen()).toEqual(page.seen())
  })

  test("after a time without a connection the chat is caught up with", async () => {
    const { server, page, id } = await talked()
    const other = openPage(server, id)
    await other.conversation.load()
    other.leave()
    page.conversation.send(words("Anybody?"), wish)
    server.answer(await server.started(2), "No.")
    await has(page, "No.")
    await other.conversation.catchUp()
    expect(other.seen()).toEqual(["Q: Why?", "A: Because.", "Q: Anybody?", "A: No."])
  })

  test("what the server has stored of an unfinished answer takes no word from it", async () => {
    const { server, page } = await talked()
    page.conversation.send(words("Long?"), wish)
    const run = await server.started(2)
    server.say(run, { type: "text-start", id: "1" }, { type: "text-delta", id: "1", delta: "Word by" })
    await has(page, "Word by")
    await page.conversation.catchUp()
    expect(page.seen().at(-1)).toBe("A: Word by")
    server.say(run, { type: "text-delta", id: "1", delta: " word." })
    await has(page, "Word by word.")
  })

  test("older news of the chat does not take a reader back from what was just asked", async () => {
    const { server, page, id } = await talked()
    const before = server.chats.get(id)
    page.conversation.again(last(page)?.key ?? "", wish)
    if (before) page.conversation.applySummary(before)
    expect(page.seen()).toEqual(["Q: Why?", "A: "])
    page.conversation.send(words("And now?"), wish)
    if (before) page.conversation.applySummary(before)
    expect(page.seen().at(-1)).toBe("Q: And now?")
  })

  test("stopping shows at once and ends as stopped", async () => {
    const { server, page } = await talked()
    page.conversation.send(words("Long?"), wish)
    await server.started(2)
    page.conversation.stop(last(page)?.key ?? "")
    expect(last(page)?.stopping).toBe(true)
    expect(answering(page.conversation.state)).toBeUndefined()
    await ended(page)
    expect(last(page)).toMatchObject({ status: "stopped" })
    expect(last(page)?.stopping).toBeUndefined()
  })

  test("a chat that is not there is missing, one that cannot be read can be read later", async () => {
    const { server, id } = await talked()
    const none = openPage(server, chatId())
    await none.conversation.load()
    expect(none.conversation.state.phase).toBe("missing")
    server.down = true
    const page = openPage(server, id)
    await page.conversation.load()
    expect(page.conversation.state.phase).toBe("failed")
    server.down = false
    await page.conversation.catchUp()
    expect(page.conversation.state.phase).toBe("ready")
    expect(page.seen()).toHaveLength(2)
  })
})

describe("long chats", () => {
  const createdAt = "2026-01-01T00:00:00.000Z"
  const seed = (server: ChatServer, id: ChatId, count: number) => {
    const ids = Array.from({ length: count }, (_, at) => newId("msg", 1_000_000 + at))
    ids.forEach((messageId, at) => {
      const role = at % 2 === 0 ? "user" : "assistant"
      const parts = [{ type: "text" as const, text: String(at) }]
      const parentId = ids[at - 1] ?? null
      server.seed(id, { id: messageId, parentId, role, parts, status: "complete", createdAt })
    })
    return ids
  }

  test("the newest turns come first, older ones when they are asked for", async () => {
    const server = new ChatServer()
    const id = chatId()
    seed(server, id, 120)
    const page = openPage(server, id)
    await page.conversation.load()
    expect(page.turns()).toHaveLength(50)
    await page.conversation.loadOlder()
    expect(page.turns()).toHaveLength(120)
    expect(page.conversation.state.older).toBeUndefined()
  })

  test("a branch that was left long ago is found", async () => {
    const server = new ChatServer()
    const id = chatId()
    const ids = seed(server, id, 120)
    const chat = server.chats.get(id)
    if (chat) chat.leafId = ids[9] ?? null
    const page = openPage(server, id)
    await page.conversation.load()
    expect(page.seen().at(-1)).toBe("A: 9")
    expect(page.turns()).toHaveLength(10)
  })
})
