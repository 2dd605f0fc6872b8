import type { Event } from "@omnichat/core/protocol/event"
import type { Message } from "@omnichat/core/protocol/http"
import { newReduction } from "@omnichat/core/protocol/reduce"
import { describe, expect, test } from "vitest"
import { take, textOf, turnOf, update } from "./turn.ts"
import type { Turn } from "./turn.ts"

const createdAt = "2026-01-01T00:00:00.000Z"
const usage = { inputTokens: 1, outputTokens: 2, durationMs: 3 }
const message: Message = { id: "msg_A", parentId: null, role: "assistant", parts: [], status: "running", createdAt }
const live = (more: Partial<Turn> = {}): Turn => ({ ...turnOf(message, "msg_A", null), live: newReduction(), ...more })

const start: Event = { type: "start", messageId: "msg_A", messageMetadata: { model: "ollama/qwen3", createdAt } }
const end = (status: "complete" | "stopped"): Event[] => [
  { type: "message-metadata", messageMetadata: { status, usage } },
  status === "complete" ? { type: "finish", finishReason: "length" } : { type: "abort" },
]

describe("events", () => {
  test("become parts, and at the end the turn is what is stored", () => {
    const turn = live()
    take(turn, [start, { type: "text-start", id: "1" }], 0)
    take(turn, [{ type: "text-delta", id: "1", delta: "Hello" }], 0)
    expect(turn).toMatchObject({ status: "running", model: "ollama/qwen3" })
    expect(textOf(turn.parts)).toBe("Hello")
    take(turn, [{ type: "text-end", id: "1" }, ...end("complete")], 0)
    expect(turn).toMatchObject({ status: "complete", usage, cut: true })
    expect(turn.live).toBeUndefined()
    take(turn, [start], 0)
    expect(turn.status).toBe("complete")
  })

  test("that come together say the same as one by one", () => {
    const deltas: Event[] = ["a", "b", "c"].flatMap((delta, at) => [
      { type: "text-delta", id: at === 2 ? "2" : "1", delta },
      { type: "text-delta", id: "1", delta: delta.toUpperCase() },
    ])
    const events: Event[] = [start, { type: "text-start", id: "1" }, { type: "text-start", id: "2" }, ...deltas]
    const [together, single] = [live(), live()]
    take(together, events, 0)
    for (const event of events) take(single, [event], 0)
    expect(together).toEqual(single)
    expect(together.parts).toMatchObject([{ text: "aAbBC" }, { text: "c" }])
  })

  test("leave the words of a broken answer on the screen until its continuation has some", () => {
    const turn = live({ parts: [{ type: "text", text: "Half a" }] })
    take(turn, [start, { type: "text-start", id: "1" }], 0)
    expect(textOf(turn.parts)).toBe("Half a")
    take(turn, [{ type: "text-delta", id: "1", delta: "Half a word" }], 0)
    expect(textOf(turn.parts)).toBe("Half a word")
  })

  test("tell what is waited for, until there are words", () => {
    const turn = live()
    const queue = { reason: "position" as const, position: 3 }
    take(turn, [start, { type: "data-queue", data: queue, transient: true }], 0)
    expect(turn.queue?.news).toEqual(queue)
    take(turn, [{ type: "text-start", id: "1" }], 0)
    expect(turn.queue).toBeUndefined()
  })

  test("a stop that was asked for is over with the run", () => {
    const turn = live({ stopping: true })
    take(turn, [start, ...end("stopped")], 0)
    expect(turn).toMatchObject({ status: "stopped" })
    expect(turn.stopping).toBeUndefined()
  })
})

describe("thoughts", () => {
  const think: Event[] = [
    { type: "reasoning-start", id: "r" },
    { type: "reasoning-delta", id: "r", delta: "Hm." },
  ]

  test("are timed, several of them together", () => {
    const turn = live()
    take(turn, [start, ...think], 10_000)
    take(turn, [{ type: "reasoning-end", id: "r" }], 12_000)
    expect(turn.thought?.ms).toBe(2000)
    take(turn, [{ type: "reasoning-start", id: "s" }], 20_000)
    take(turn, [{ type: "reasoning-end", id: "s" }], 21_000)
    expect(turn.thought?.ms).toBe(3000)
  })

  test("that began before the page did have no time that could be measured here", () => {
    const turn = live({ thought: { from: 0, exact: false } })
    take(turn, [start, ...think, { type: "reasoning-end", id: "r" }], Date.parse(createdAt) + 9000)
    expect(turn.thought).toEqual({ from: Date.parse(createdAt), exact: false })
  })
})

test("what the server has stored ends a turn that is not followed, and changes none that has ended", () => {
  const turn = turnOf(message, "msg_A", null)
  const ended: Message = { ...message, status: "interrupted", parts: [{ type: "text", text: "Cut" }], usage }
  update(turn, ended)
  expect(turn).toMatchObject({ status: "interrupted", usage })
  update(turn, { ...ended, parts: [] })
  expect(textOf(turn.parts)).toBe("Cut")
})
