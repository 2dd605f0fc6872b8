import { describe, expect, it } from "vitest"
import type { RawSocket } from "../support/raw-client.ts"
import { endOf, textOf } from "./run-rules.ts"
import { acked, question, startOf, useScene, within } from "./scene.ts"
import type { Ack, Fields } from "./scene.ts"

const scene = useScene({ process: true })

const text = "One word after the other, and no word is lost. ".repeat(50)

/** A run that goes on saying something, until its connection has got this much. */
async function underWay(socket: RawSocket, fields: Fields = {}): Promise<Ack> {
  const ack = await scene.start(socket, { model: scene.model({ text, intervalMs: 5 }), ...fields })
  await socket.said(ack.runId, "One word after the other")
  return ack
}

async function follow(socket: RawSocket, runId: string, after: number): Promise<Ack> {
  return acked(await socket.act({ action: "run.follow", runId, after }))
}

describe("a killed server", () => {
  it("[G5, G1] has closed what was running when it is back, with every word that anybody had seen", async () => {
    const [own, other] = [await scene.connect(), await scene.connect()]
    const ack = await underWay(own)
    await follow(other, ack.runId, 0)
    await other.said(ack.runId, "no word")
    await scene.runtime.restart("SIGKILL", async () => {
      await Promise.all([own.closed(), other.closed()])
    })

    const stored = await scene.message(ack.chatId, ack.messageId)
    expect(stored.status).toBe("interrupted")
    expect((await scene.chat(ack.chatId)).runs).toEqual({})
    expect(await scene.message(ack.chatId, ack.userMessageId)).toMatchObject({ status: "complete" })
    const events = await scene.replay(ack.runId)
    for (const socket of [own, other]) {
      const held = socket.log(ack.runId).events
      expect(events.slice(0, held.length)).toEqual(held)
    }
    const { status, error } = endOf(events)
    expect({ status, error }).toMatchObject({ status: "interrupted", error: { code: "interrupted", retryable: true } })
    expect(text.startsWith(textOf(events))).toBe(true)
    await scene.expectStored(ack, events)
  })

  it("[G5, A9, A8] what it interrupted can be continued and regenerated", async () => {
    const socket = await scene.connect()
    const ack = await underWay(socket)
    await scene.runtime.restart("SIGKILL")
    const said = textOf(await scene.replay(ack.runId))
    const next = await scene.connect()
    const { chatId, messageId, userMessageId } = ack
    const going = { chatId, parentId: messageId, message: undefined, continue: true }
    const second = await scene.run(next, { ...going, model: scene.model({ text: " And on." }) })
    expect(textOf(second.events)).toBe(`${said} And on.`)
    const again = { chatId, parentId: userMessageId, message: undefined, model: scene.model({ text: "Anew." }) }
    expect(textOf((await scene.run(next, again)).events)).toBe("Anew.")
    expect(await scene.messages(chatId)).toHaveLength(4)
  })

  it("[G5, A13, G6] knows its runs: the same start again is the same run, and its events stay the same", async () => {
    const socket = await scene.connect()
    const start = startOf({ model: scene.model({ text, intervalMs: 5 }) })
    const ack = acked(await socket.act(start))
    await socket.said(start.runId, "One word")
    await scene.runtime.restart("SIGKILL")
    const back = await scene.connect()
    expect(acked(await back.act(start))).toMatchObject({
      ...ack,
      id: expect.anything() as string,
      status: "interrupted",
    })
    const events = [...(await back.ended(start.runId))]
    await scene.runtime.restart("SIGKILL")
    expect(await scene.replay(start.runId)).toEqual(events)
    const stream = await scene.sse(`/api/runs/${start.runId}/events`, { "last-event-id": "1" })
    await stream.whole()
    expect(stream.events.map(({ event }) => event)).toEqual(events.slice(1))
  })

  it("[G5, A2] amid many starts, knows every one that it has acked", async () => {
    const socket = await scene.connect()
    const starts = Array.from({ length: 100 }, (_, index) =>
      startOf({ id: `start-${index}`, model: scene.model({ text: "Said." }) }),
    )
    for (const start of starts) socket.send(start)
    await socket.waitFor((frame) => frame.type === "ack", "the first ack")
    await scene.runtime.restart("SIGKILL", async () => void (await socket.closed()))
    const acks = new Map(socket.frames.filter(({ type }) => type === "ack").map((frame) => [frame["runId"], frame]))
    const back = await scene.connect()
    for (const start of starts) {
      const answer = await back.act({ action: "run.follow", runId: start.runId, after: 0 })
      const known = acks.get(start.runId)
      if (known !== undefined) expect(answer).toMatchObject({ type: "ack", chatId: known["chatId"] })
      // what it does not know was not written, and can be sent again
      const ack = acked(answer.type === "ack" ? answer : await back.act({ ...start, id: `${start.runId} again` }))
      const events = await back.ended(start.runId)
      expect(["complete", "interrupted"]).toContain(endOf(events).status)
      await scene.expectStored(ack, events)
    }
  })

  it("[G5] time and again, with runs in all states, loses and doubles nothing", async () => {
    const held = new Map<string, { ack: Ack; events: unknown[] }>()
    for (let time = 0; time < 4; time += 1) {
      const sockets = [await scene.connect(), await scene.connect()] as const
      const [first, second] = sockets
      const done = await scene.run(first, { model: scene.model({ text: "Done." }) })
      const acks = [done.ack]
      for (let count = 0; count < 6; count += 1) {
        acks.push(await scene.start(first, { model: scene.model({ text, intervalMs: 1 + count }) }))
      }
      for (const { runId } of acks) await follow(second, runId, 0)
      const fastest = acks[1]?.runId ?? ""
      await second.events(fastest, 4 + 3 * time)
      await scene.runtime.restart("SIGKILL", async () => {
        await Promise.all(sockets.map(async (socket) => socket.closed()))
      })
      for (const ack of acks) {
        const seen = sockets.map((socket) => socket.log(ack.runId).events)
        held.set(ack.runId, { ack, events: seen.sort((one, other) => other.length - one.length)[0] ?? [] })
      }
      for (const { ack, events } of held.values()) {
        const journal = await scene.replay(ack.runId)
        expect(journal.slice(0, events.length)).toEqual(events)
        await scene.expectStored(ack, journal)
      }
      // what all of them hold must stay so over the next kill
      for (const [runId, { ack }] of held) held.set(runId, { ack, events: await scene.replay(runId) })
    }
  })
})

describe("a server that is told to stop", () => {
  it("[G5, E4] closes its runs as interrupted, and its followers see the end", async () => {
    const [own, other] = [await scene.connect(), await scene.connect()]
    const ack = await underWay(own)
    const silent = await scene.start(own, { model: scene.model({ text: "One. Two.", holdAfter: 1 }) })
    await own.said(silent.runId, "One. Tw")
    await follow(other, ack.runId, 0)
    const stream = await scene.sse(`/api/runs/${ack.runId}/events`)
    await stream.until(() => (stream.entries.length > 3 ? true : undefined), "events")
    await scene.runtime.restart("SIGTERM", async () => {
      await Promise.all([own.closed(), other.closed(), stream.whole()])
    })
    const events = own.log(ack.runId).events
    expect(endOf(events)).toMatchObject({ status: "interrupted", error: { code: "interrupted", retryable: true } })
    expect(other.log(ack.runId).events).toEqual(events)
    expect(stream.events.map(({ event }) => event)).toEqual(events)
    expect(endOf(own.log(silent.runId).events).status).toBe("interrupted")
    expect(await scene.replay(ack.runId)).toEqual(events)
    await scene.expectStored(ack, events)
    expect((await scene.chat(ack.chatId)).runs).toEqual({})
  })

  it("[G5] begins nothing more, and starts what is still queued when it is back", async () => {
    const [slow, quick] = [await scene.connect(), await scene.connect()]
    // a follower that does not read what it is sent keeps the server busy with stopping for a while
    const chunk = 8000
    const long = { text: "never read ".repeat(1_200_000), charactersPerChunk: chunk, intervalMs: 1, holdAfter: 1600 }
    const unread = await scene.start(slow, { model: scene.model(long) })
    slow.socket.pause()
    const short = await scene.start(quick, { model: scene.model({ text: "One. Two. Three.", holdAfter: 1 }) })
    acked(await quick.act({ action: "run.follow", runId: unread.runId, after: 1 }))
    await quick.until(() => {
      return textOf(quick.log(unread.runId).events).length >= chunk * 1600 ? true : undefined
    }, "all of the long answer")
    const back = scene.runtime.restart("SIGTERM")
    let late: Ack
    try {
      expect(endOf(await quick.ended(short.runId)).status).toBe("interrupted")
      late = await scene.start(quick, { message: question("Am I too late?") })
      expect(late.status).toBe("queued")
    } finally {
      slow.drop()
      await back
    }
    // at once, and not when somebody looks for what was forgotten
    const again = scene.replay(late.runId)
    await within(6000, [again])
    const events = await again
    expect(textOf(events)).toContain("You said: Am I too late?")
    await scene.expectStored(late, events)
  })

  it("[G5] ends by itself when nothing goes on, and is back with all there was", async () => {
    const socket = await scene.connect()
    const { ack, events } = await scene.run(socket)
    const before = await scene.snapshot(ack.chatId)
    await scene.runtime.restart("SIGTERM")
    expect(await scene.snapshot(ack.chatId)).toBe(before)
    expect(await scene.replay(ack.runId)).toEqual(events)
  })
})
