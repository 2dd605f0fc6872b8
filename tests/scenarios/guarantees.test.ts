import { describe, expect, it } from "vitest"
import type { RawSocket } from "../support/raw-client.ts"
import { endOf, textOf } from "./run-rules.ts"
import { acked, expectHttpRefusal, question, startOf, useScene, within } from "./scene.ts"
import type { Ack, Fields } from "./scene.ts"

const scene = useScene()

async function held(socket: RawSocket, fields: Fields = {}): Promise<Ack> {
  const ack = await scene.start(socket, { model: scene.model({ text: "One. Two. Three.", holdAfter: 1 }), ...fields })
  await socket.said(ack.runId, "One. Tw")
  return ack
}

async function follow(socket: RawSocket, runId: string, after: number): Promise<Ack> {
  return acked(await socket.act({ action: "run.follow", runId, after }))
}

describe("nothing lost, nothing doubled", () => {
  it("[G1] followers from the start, from the middle and from the last number get every number once", async () => {
    const sockets = [await scene.connect(), await scene.connect(), await scene.connect()] as const
    const [first, second, third] = sockets
    const ack = await held(first)
    const { runId } = ack
    const { last } = first.log(runId)
    await follow(second, runId, 0)
    await follow(third, runId, last)
    scene.runtime.upstream.release()
    const events = await scene.ended(first, ack)
    expect(await second.ended(runId)).toEqual(events)
    expect(await third.ended(runId)).toEqual(events.slice(last))
    // the scene's check sees to it that none of them got an overlap or a gap
  })

  it("[G1] a connection that drops and comes back with the number it holds misses nothing", async () => {
    const first = await scene.connect()
    const text = "A word and another. ".repeat(40)
    const ack = await scene.start(first, { model: scene.model({ text, intervalMs: 2 }) })
    const { runId } = ack
    const held = [...(await first.events(runId, 4))]
    first.drop()
    for (let more = 6; ; more += 2) {
      const socket = await scene.connect()
      await follow(socket, runId, held.length)
      const log = socket.log(runId)
      await socket.until(() => (log.events.length > 0 ? true : undefined), "more events")
      socket.drop()
      held.push(...log.events)
      if (log.ended || more > 60) break
    }
    if (held.at(-1)?.type !== "finish") {
      const socket = await scene.connect()
      await follow(socket, runId, held.length)
      held.push(...(await socket.ended(runId)))
    }
    expect(textOf(held)).toBe(text)
    expect(await scene.replay(runId)).toEqual(held)
    await scene.expectStored(ack, held)
  })

  it("[G1] a follow from an earlier number on the same connection gives all from there again", async () => {
    const socket = await scene.connect()
    const ack = await held(socket)
    const { runId } = ack
    await follow(socket, runId, 1)
    await socket.until(() => (socket.log(runId).overlaps > 0 ? true : undefined), "the events once more")
    scene.runtime.upstream.release()
    const events = await scene.ended(socket, ack)
    await follow(socket, runId, 2)
    const repeats = () => socket.frames.findLast((frame) => frame.type === "run" && frame["runId"] === runId)
    await socket.until(() => {
      const { from, events: list } = repeats() as unknown as { from: number; events: unknown[] }
      return from <= events.length && from + list.length === events.length + 1 ? true : undefined
    }, "the end once more")
    expect(socket.log(runId).events).toEqual(await scene.replay(runId))
  })

  it("[G1] what is sent is durable: whoever asks next finds it in the journal", async () => {
    const socket = await scene.connect()
    const text = "Every number I see, I can ask for. ".repeat(20)
    const { runId } = await scene.start(socket, { model: scene.model({ text, intervalMs: 2 }) })
    const log = socket.log(runId)
    for (let seen = 0; !log.ended;) {
      await socket.until(() => (log.last > seen ? true : undefined), "an event")
      seen = log.last
      expect(acked(await socket.act({ action: "run.follow", runId, after: seen }))["last"]).toBeGreaterThanOrEqual(seen)
    }
  })

  it("[G1] several runs at once keep apart, in one chat and in many", async () => {
    const socket = await scene.connect()
    const base = await scene.run(socket)
    const { chatId } = base.ack
    const starts = Array.from({ length: 12 }, (_, index) =>
      startOf({
        ...(index % 2 === 0 ? { chatId, parentId: base.ack.messageId } : {}),
        message: question(`Question ${index}.`),
        model: scene.model({ charactersPerChunk: 2, intervalMs: 1 }),
      }),
    )
    const acks = await Promise.all(starts.map(async (start) => acked(await socket.act(start))))
    for (const [index, ack] of acks.entries()) {
      const events = await scene.ended(socket, ack)
      expect(textOf(events)).toContain(`You said: Question ${index}.`)
      await scene.expectStored(ack, events)
    }
    expect((await scene.chat(chatId)).runs).toEqual({})
  })

  it("[G1] a follower that does not read holds up nobody", async () => {
    const [slow, quick] = [await scene.connect(), await scene.connect()]
    const text = "many words ".repeat(100_000)
    const start = startOf({ model: scene.model({ text, charactersPerChunk: 10_000, intervalMs: 1 }) })
    const ack = acked(await slow.act(start))
    slow.socket.pause()
    await follow(quick, ack.runId, 0)
    const events = await quick.ended(ack.runId)
    expect(textOf(events) === text).toBe(true)
    slow.socket.resume()
    expect((await slow.ended(ack.runId)).length).toBe(events.length)
  })
})

describe("the stored message", () => {
  it.each<[string, () => string, string]>([
    ["complete", () => scene.model({ text: "All good." }), "complete"],
    ["failed", () => scene.model({ text: "Half of it and more.", fault: "die" }), "failed"],
    ["complete, with reasoning", () => scene.model({ thinking: "Hm.", text: "Good." }, "thinking"), "complete"],
  ])(
    "[G2] is there when the terminal event arrives, and is the reduction of the events: %s",
    async (_, model, status) => {
      const socket = await scene.connect()
      const ack = await scene.start(socket, { model: model() })
      const events = await socket.ended(ack.runId)
      expect((await scene.expectStored(ack, events)).status).toBe(status)
    },
  )

  it("[G2] is there when the abort arrives", async () => {
    const socket = await scene.connect()
    const ack = await held(socket)
    await socket.act({ action: "run.stop", runId: ack.runId })
    expect((await scene.expectStored(ack, await socket.ended(ack.runId))).status).toBe("stopped")
  })
})

describe("an upstream that fails", () => {
  it.each(["die", "garbage", "error", "no-end"] as const)(
    "[G3, E4] makes a failed run, never a complete one, and what was said is kept: %s",
    async (fault) => {
      const socket = await scene.connect()
      const text = "What was said is kept."
      const faultAfter = fault === "no-end" ? 99 : 2
      const { ack, events } = await scene.run(socket, {
        model: scene.model({ text, fault, faultAfter, intervalMs: 2 }),
      })
      const { status, error } = endOf(events)
      expect({ status, code: error?.code }).toEqual({ status: "failed", code: "upstream_failed" })
      expect(text.startsWith(textOf(events))).toBe(true)
      expect(textOf(events)).not.toBe("")
      await scene.expectStored(ack, events)
    },
  )

  it.each(["die", "garbage", "no-end"] as const)("[G3] also before its first word: %s", async (fault) => {
    const socket = await scene.connect()
    const { ack, events } = await scene.run(socket, { model: scene.model({ text: "Nothing.", fault, faultAfter: 0 }) })
    expect(endOf(events).status).toBe("failed")
    await scene.expectStored(ack, events)
  })
})

describe("leaving and stopping", () => {
  it("[G4] leaving does not stop a run: by unfollowing, by closing, by dropping", async () => {
    const leave: ((socket: RawSocket, runId: string) => Promise<void>)[] = [
      async (socket, runId) => void acked(await socket.unfollow(runId)),
      async (socket) => socket.close(),
      async (socket) => socket.drop(),
    ]
    for (const go of leave) {
      const socket = await scene.connect()
      const model = scene.model({ text: "One. Two. Three.", holdAfter: 1 })
      const ack = await held(socket, { model })
      await go(socket, ack.runId)
      scene.runtime.upstream.release()
      expect(await scene.asked(model)[0]?.ended).toBe("answered")
      const other = await scene.connect()
      await follow(other, ack.runId, 0)
      const events = await other.ended(ack.runId)
      expect(textOf(events)).toBe("One. Two. Three.")
      await scene.expectStored(ack, events)
    }
  })

  it("[G4, H3] a stop ends the run and the model's request, while the model is silent", async () => {
    const byHttp = async ({ runId }: Ack) => {
      const { status, body } = await scene.http("POST", `/api/runs/${runId}/stop`)
      expect({ status, runId: (body as Ack).runId }).toEqual({ status: 200, runId })
      return (body as Ack).status
    }
    const bySocket =
      (socket: RawSocket) =>
      async ({ runId }: Ack) =>
        acked(await socket.act({ action: "run.stop", runId })).status
    const [own, other] = [await scene.connect(), await scene.connect()]
    for (const stop of [bySocket(own), bySocket(other), byHttp]) {
      const model = scene.model({ text: "One. Two. Three.", holdAfter: 1 })
      const ack = await held(own, { model })
      expect(["stopping", "stopped"]).toContain(await stop(ack))
      // "within a second"
      await within(4000, [own.ended(ack.runId)])
      const events = own.log(ack.runId).events
      expect({ status: endOf(events).status, last: events.at(-1) }).toEqual({
        status: "stopped",
        last: { type: "abort" },
      })
      expect(await scene.asked(model)[0]?.ended).toBe("left")
      await scene.expectStored(ack, events)
    }
  })

  it("[G4, A2] stops at the same moment, from everywhere, stop it once", async () => {
    const sockets = [await scene.connect(), await scene.connect(), await scene.connect()]
    const [own = await scene.connect()] = sockets
    const ack = await held(own)
    const { runId } = ack
    const answers = await Promise.all(
      [...sockets, ...sockets].map(async (socket) => acked(await socket.act({ action: "run.stop", runId }))),
    )
    for (const { status } of answers) expect(["stopping", "stopped"]).toContain(status)
    const events = await scene.ended(own, ack)
    expect(await scene.replay(runId)).toEqual(events)
  })

  it("[G4] a stop right after the ack of the start", async () => {
    const socket = await scene.connect()
    for (let time = 0; time < 10; time += 1) {
      const ack = await scene.start(socket, {
        model: scene.model({ text: "So much to say. ".repeat(20), intervalMs: 3 }),
      })
      acked(await socket.act({ action: "run.stop", runId: ack.runId }))
      const events = await scene.ended(socket, ack)
      expect(endOf(events).status).toBe("stopped")
      await scene.expectStored(ack, events)
    }
  })

  it("[G4] one run's stop leaves the others alone", async () => {
    const socket = await scene.connect()
    const [one, other] = [await held(socket), await held(socket)]
    acked(await socket.act({ action: "run.stop", runId: one.runId }))
    expect(endOf(await scene.ended(socket, one)).status).toBe("stopped")
    scene.runtime.upstream.release()
    expect(endOf(await scene.ended(socket, other)).status).toBe("complete")
  })
})

describe("the journal", () => {
  it("[G5] the question is stored before the model is called", async () => {
    const socket = await scene.connect()
    const model = scene.model({ text: "Late.", holdAfter: 0 })
    const start = startOf({ model, message: question("Kept?") })
    const answered = socket.act(start)
    await scene.firstAsked(model)
    const [chat] = await scene.chats()
    const stored = await scene.messages(chat?.id ?? "")
    expect(stored.map(({ role, status, parts }) => ({ role, status, parts }))).toEqual([
      { role: "assistant", status: "running", parts: [] },
      { role: "user", status: "complete", parts: [{ type: "text", text: "Kept?" }] },
    ])
    const ack = acked(await answered)
    expect(ack.chatId).toBe(chat?.id)
    scene.runtime.upstream.release()
    await socket.ended(ack.runId)
  })

  it("[G6] whoever comes after the end gets the whole run, or what is behind the number held", async () => {
    const socket = await scene.connect()
    const { ack, events } = await scene.run(socket, { model: scene.model({ text: "One. Two. ".repeat(200) }) })
    const { runId } = ack
    const last = events.length
    for (const after of [0, 1, Math.floor(last / 2), last - 1]) {
      const other = await scene.connect()
      expect(await follow(other, runId, after)).toEqual({
        type: "ack",
        id: expect.any(String) as string,
        runId,
        chatId: ack.chatId,
        messageId: ack.messageId,
        status: "complete",
        last,
      })
      expect(await other.ended(runId)).toEqual(events.slice(after))
    }
    expectHttpRefusal(await scene.http("GET", `/api/runs/${runId}/events?after=${last + 1}`), 400, "invalid")
  })
})
