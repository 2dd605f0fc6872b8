import { describe, expect, it } from "vitest"
import type { RawSocket } from "../support/raw-client.ts"
import { newId } from "./ids.ts"
import { messageShape, shapeProblem, summaryShape } from "./rules.ts"
import { endOf, textOf } from "./run-rules.ts"
import { acked, expectHttpRefusal, expectRefusal, question, startOf, useScene } from "./scene.ts"
import type { Ack, Fields, Message, Summary } from "./scene.ts"

const scene = useScene()

async function held(socket: RawSocket, fields: Fields = {}): Promise<Ack> {
  const ack = await scene.start(socket, { model: scene.model({ text: "One. Two. Three.", holdAfter: 1 }), ...fields })
  await socket.said(ack.runId, "One. Tw")
  return ack
}

type Page = { next?: string; chats?: Summary[]; messages?: Message[] }

async function page(path: string, query: string): Promise<Page> {
  await scene.runtime.listed()
  const { status, body } = await scene.http("GET", `${path}?${query}`)
  expect({ path, query, status }).toEqual({ path, query, status: 200 })
  return body as Page
}

/** All pages of a list, in their order. */
async function pages(path: string, limit: number): Promise<Page[]> {
  const found = [await page(path, `limit=${limit}`)]
  for (let next = found[0]?.next; next !== undefined; next = found.at(-1)?.next) {
    found.push(await page(path, `limit=${limit}&cursor=${encodeURIComponent(next)}`))
  }
  return found
}

const ids = (list: { id: string }[] | undefined): string[] => (list ?? []).map(({ id }) => id)

describe("the list of chats", () => {
  it("[H4] a summary has exactly its keys, and tells the unfinished runs", async () => {
    const socket = await scene.connect()
    const ack = await held(socket, { message: question("What is the capital of France?") })
    const { chatId, messageId, runId } = ack
    const open = (await scene.chats())[0]
    expect(shapeProblem(open, summaryShape)).toBeUndefined()
    expect(open).toEqual(await scene.chat(chatId))
    expect(open).toMatchObject({ id: chatId, leafId: messageId, runs: { [runId]: messageId } })
    expect(open?.title).toMatch(/capital of France/)
    expect(open).not.toHaveProperty("temporary")
    scene.runtime.upstream.release()
    await scene.ended(socket, ack)
    expect(await scene.chat(chatId)).toEqual({ ...open, runs: {}, updatedAt: expect.any(String) as string })
  })

  it("[H4] newest activity first: a run that begins or ends counts, a rename or a read does not", async () => {
    const socket = await scene.connect()
    const order = async () => ids(await scene.chats()).slice(0, 3)
    const [a, b, c] = [await scene.run(socket), await scene.run(socket), await scene.run(socket)].map(
      ({ ack }) => ack.chatId,
    ) as [string, string, string]
    expect(await order()).toEqual([c, b, a])
    const before = await scene.chat(a)
    expect((await scene.http("PATCH", `/api/chats/${a}`, { body: { title: "Renamed" } })).status).toBe(200)
    await scene.messages(a)
    expect(await scene.chat(a)).toEqual({ ...before, title: "Renamed" })
    expect(await order()).toEqual([c, b, a])
    const begun = await held(socket, { chatId: a })
    expect(await order()).toEqual([a, c, b])
    await scene.run(socket, { chatId: b })
    expect(await order()).toEqual([b, a, c])
    scene.runtime.upstream.release()
    await scene.ended(socket, begun)
    expect(await order()).toEqual([a, b, c])
    const leaf = (await scene.messages(c)).at(-1)?.id
    expect((await scene.http("PATCH", `/api/chats/${c}`, { body: { leafId: leaf } })).status).toBe(200)
    expect(await order()).toEqual([a, b, c])
  })

  it("[H4] pages of any size hold every chat once, in the same order", async () => {
    const socket = await scene.connect()
    const made: string[] = []
    for (let count = 0; count < 120; count += 1) {
      made.push((await scene.run(socket, { message: question(`Chat ${count}`) })).ack.chatId)
    }
    const whole = await pages("/api/chats", 100)
    const all = whole.flatMap(({ chats }) => ids(chats))
    expect(whole[0]?.chats).toHaveLength(100)
    expect(whole.at(-1)).not.toHaveProperty("next")
    expect(new Set(all).size).toBe(all.length)
    expect(all.slice(0, made.length)).toEqual(made.toReversed())
    const times = whole.flatMap(({ chats = [] }) => chats.map(({ updatedAt }) => Date.parse(updatedAt)))
    expect(times).toEqual(times.toSorted((one, other) => other - one))
    for (const limit of [7, 60, all.length > 100 ? 99 : all.length]) {
      const some = await pages("/api/chats", limit)
      expect(some.flatMap(({ chats }) => ids(chats))).toEqual(all)
      for (const { chats = [] } of some.slice(0, -1)) expect(chats.length).toBeGreaterThan(0)
      expect(Math.max(...some.map(({ chats = [] }) => chats.length))).toBeLessThanOrEqual(limit)
    }
    expect((await page("/api/chats", "")).chats).toHaveLength(50)
    expect((await page("/api/chats", "limit=1")).chats).toHaveLength(1)
  })

  it("[H4] other limits and cursors are 400", async () => {
    for (const limit of ["0", "101", "-1", "1.5", "x", "1e1", "", "9999999999"]) {
      expectHttpRefusal(await scene.http("GET", `/api/chats?limit=${limit}`), 400, "invalid")
    }
    for (const cursor of ["x", "%00", "e30", "null", "A".repeat(5000)]) {
      expectHttpRefusal(await scene.http("GET", `/api/chats?cursor=${cursor}`), 400, "invalid")
    }
  })

  it("[H4] a title given by the owner is never replaced by an automatic one", async () => {
    const socket = await scene.connect()
    const ack = await held(socket, { message: question("An automatic title comes from this.") })
    const { chatId } = ack
    const renamed = await scene.http("PATCH", `/api/chats/${chatId}`, { body: { title: "  My own title " } })
    const { title } = renamed.body as Summary
    expect(title.trim()).toBe("My own title")
    scene.runtime.upstream.release()
    await scene.ended(socket, ack)
    await scene.run(socket, { chatId, message: question("Another question.") })
    expect((await scene.chat(chatId)).title).toBe(title)
  })
})

describe("one chat", () => {
  it("[H5] a patch of title and leaf answers with the summary", async () => {
    const socket = await scene.connect()
    const { ack } = await scene.run(socket)
    const { chatId, userMessageId } = ack
    const edit = await scene.run(socket, { chatId, parentId: null })
    const before = await scene.chat(chatId)
    const patched = await scene.http("PATCH", `/api/chats/${chatId}`, { body: { title: "New", leafId: ack.messageId } })
    expect(patched.status).toBe(200)
    expect(patched.body).toEqual({ ...before, title: "New", leafId: ack.messageId })
    expect(await scene.chat(chatId)).toEqual(patched.body)
    const back = await scene.http("PATCH", `/api/chats/${chatId}`, { body: { leafId: edit.ack.messageId } })
    expect(back.body).toEqual({ ...before, title: "New" })
    expect((await scene.http("PATCH", `/api/chats/${chatId}`, { body: { leafId: userMessageId } })).status).toBe(200)
  })

  it("[H5, H1] what cannot be patched is refused, and nothing changes", async () => {
    const socket = await scene.connect()
    const [one, other] = [await scene.run(socket), await scene.run(socket)]
    const { chatId } = one.ack
    const before = await scene.snapshot(chatId)
    const patch = async (body: Fields) => scene.http("PATCH", `/api/chats/${chatId}`, { body })
    for (const title of ["", "   ", 7, null, ["x"], "x".repeat(10_000)])
      expectHttpRefusal(await patch({ title }), 400, "invalid")
    for (const leafId of ["x", 7, one.ack.chatId]) expectHttpRefusal(await patch({ leafId }), 400, "invalid")
    for (const leafId of [newId("msg"), other.ack.messageId])
      expectHttpRefusal(await patch({ leafId }), 404, "not_found")
    expectHttpRefusal(await patch({ title: "x", leafId: newId("msg") }), 404, "not_found")
    expect(await scene.snapshot(chatId)).toBe(before)
  })

  it("[H5, G4, A5] a deletion stops its runs, and chat, messages and runs are not found from then on", async () => {
    const [socket, other] = [await scene.connect(), await scene.connect()]
    const base = await scene.run(socket)
    const { chatId } = base.ack
    const models = [0, 1].map(() => scene.model({ text: "One. Two. Three.", holdAfter: 1 }))
    const [first, second] = [
      await held(socket, { chatId, model: models[0] }),
      await held(socket, { chatId, parentId: null, model: models[1] }),
    ] as const
    acked(await other.act({ action: "run.follow", runId: first.runId, after: 0 }))
    const stream = await scene.sse(`/api/runs/${second.runId}/events`)
    expect((await scene.http("DELETE", `/api/chats/${chatId}`)).status).toBe(204)
    for (const [follower, runId] of [
      [socket, first.runId],
      [socket, second.runId],
      [other, first.runId],
    ] as const) {
      const events = await follower.ended(runId)
      expect({ last: events.at(-1), status: endOf(events).status }).toEqual({
        last: { type: "abort" },
        status: "stopped",
      })
      expect(textOf(events)).toBe("One. Tw")
    }
    await stream.whole()
    for (const model of models) expect(await scene.asked(model)[0]?.ended).toBe("left")
    await expectGone(socket, chatId, [base.ack, first, second])
    expect(ids(await scene.chats())).not.toContain(chatId)
    expectHttpRefusal(await scene.http("DELETE", `/api/chats/${chatId}`), 404, "not_found")
  })

  it("[H5, A5] a deleted chat cannot come back, whatever is sent at that moment", async () => {
    const socket = await scene.connect()
    for (let time = 0; time < 5; time += 1) {
      const { ack } = await scene.run(socket)
      const { chatId, userMessageId } = ack
      const starts = Array.from({ length: 8 }, (_, index) =>
        startOf(index % 2 === 0 ? { chatId, parentId: null } : { chatId, parentId: userMessageId, message: undefined }),
      )
      const answers = starts.map(async (start) => socket.act(start))
      const deleted = scene.http("DELETE", `/api/chats/${chatId}`)
      const acks = (await Promise.all(answers)).filter(({ type }) => type === "ack") as Ack[]
      expect((await deleted).status).toBe(204)
      expect(["abort", "finish"]).toEqual(
        expect.arrayContaining(
          await Promise.all(acks.map(async ({ runId }) => (await socket.ended(runId)).at(-1)?.type)),
        ),
      )
      await expectGone(socket, chatId, [ack, ...acks])
      expectRefusal(await socket.act(startOf({ chatId })), "not_found")
      expect(ids(await scene.chats())).not.toContain(chatId)
    }
  })

  async function expectGone(socket: RawSocket, chatId: string, runs: Ack[]): Promise<void> {
    expectHttpRefusal(await scene.http("GET", `/api/chats/${chatId}`), 404, "not_found")
    expectHttpRefusal(await scene.http("GET", `/api/chats/${chatId}/messages`), 404, "not_found")
    expectHttpRefusal(await scene.http("PATCH", `/api/chats/${chatId}`, { body: { title: "Back" } }), 404, "not_found")
    for (const { runId } of runs) {
      expectHttpRefusal(await scene.http("GET", `/api/runs/${runId}/events`), 404, "not_found")
      expectHttpRefusal(await scene.http("POST", `/api/runs/${runId}/stop`), 404, "not_found")
      expectRefusal(await socket.act({ action: "run.follow", runId, after: 0 }), "not_found")
      expectRefusal(await socket.act({ action: "run.stop", runId }), "not_found")
    }
  }
})

describe("the messages of a chat", () => {
  it("[H6] have exactly their keys, newest first", async () => {
    const socket = await scene.connect()
    const model = scene.model({ thinking: "Hm.", text: "Said." }, "thinking")
    const { ack } = await scene.run(socket, { model })
    const { chatId } = ack
    const failed = await scene.run(socket, { chatId, model: scene.model({ status: 500 }) })
    const open = await held(socket, { chatId, parentId: null })
    const messages = await scene.messages(chatId)
    for (const message of messages) expect(shapeProblem(message, messageShape)).toBeUndefined()
    expect(ids(messages)).toEqual(ids(messages).toSorted().toReversed())
    const byId = Object.fromEntries(messages.map((message) => [message.id, message]))
    const answerKeys = ["createdAt", "id", "model", "parentId", "parts", "role", "runId", "status"]
    const keysOf = (id: string) => Object.keys(byId[id] ?? {}).sort()
    expect(keysOf(ack.userMessageId)).toEqual(["createdAt", "id", "parentId", "parts", "role", "status"])
    expect(keysOf(ack.messageId)).toEqual([...answerKeys, "usage"].sort())
    expect(keysOf(failed.ack.messageId)).toEqual([...answerKeys, "usage", "error"].sort())
    expect(keysOf(open.messageId)).toEqual(answerKeys)
    expect(byId[open.messageId]).toMatchObject({ status: "running", parts: [], runId: open.runId })
    expect(byId[ack.messageId]?.parts.map(({ type }) => type)).toEqual(["step-start", "reasoning", "text"])
    expect(byId[failed.ack.userMessageId]).toMatchObject({ role: "user", status: "complete", parentId: ack.messageId })
  })

  it("[H6] pages of any size hold every message once", async () => {
    const socket = await scene.connect()
    const { ack } = await scene.run(socket)
    const { chatId } = ack
    for (let count = 0; count < 14; count += 1) await scene.run(socket, { chatId, message: question(`${count}`) })
    const path = `/api/chats/${chatId}/messages`
    const all = ids(await scene.messages(chatId))
    expect(all).toHaveLength(30)
    for (const limit of [1, 7, 29, 30, 31, 200]) {
      const some = await pages(path, limit)
      expect(some.flatMap(({ messages }) => ids(messages))).toEqual(all)
      expect(Math.max(...some.map(({ messages = [] }) => messages.length))).toBeLessThanOrEqual(limit)
      expect(some.at(-1)).not.toHaveProperty("next")
    }
  })

  it("[H6] other limits and cursors are 400", async () => {
    const socket = await scene.connect()
    const { ack } = await scene.run(socket)
    const path = `/api/chats/${ack.chatId}/messages`
    for (const limit of ["0", "201", "-1", "1.5", "x", ""]) {
      expectHttpRefusal(await scene.http("GET", `${path}?limit=${limit}`), 400, "invalid")
    }
    for (const cursor of ["x", "%00", "e30"]) {
      expectHttpRefusal(await scene.http("GET", `${path}?cursor=${cursor}`), 400, "invalid")
    }
  })
})
