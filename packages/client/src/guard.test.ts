import fc from "fast-check"
import * as v from "valibot"
import { describe, expect, it } from "vitest"
import { event as eventSchema } from "@omnichat/core/protocol/event"
import type { Event } from "@omnichat/core/protocol/event"
import { newId } from "@omnichat/core/protocol/id"
import { eventLists } from "../../../tests/support/event-lists.ts"
import { isEvent, parseFrame } from "./guard.ts"

const runId = newId("run", 0)
const parse = (frame: unknown) => parseFrame(JSON.stringify(frame))

describe("the guard of events", () => {
  it("takes every event that the protocol allows", () => {
    fc.assert(
      fc.property(eventLists(), (events) => {
        expect(events.filter((event) => !isEvent(event))).toEqual([])
      }),
    )
  })

  it("says of a spoilt event what the protocol's schema says", () => {
    const spoilt = fc
      .tuple(eventLists({ maxMoves: 10 }), fc.nat(), fc.nat(), fc.constantFrom(undefined, null, 7, "x", true, {}))
      .map(([events, which, key, value]) => {
        const event = structuredClone(events[which % events.length]!)
        const path: object = event.type === "message-metadata" ? event.messageMetadata : event
        const name = Object.keys(path)[key % Object.keys(path).length]!
        if (value === undefined) Reflect.deleteProperty(path, name)
        else Reflect.set(path, name, value)
        return event
      })
    fc.assert(
      fc.property(spoilt, (event) => {
        expect(isEvent(event)).toBe(v.safeParse(eventSchema, event).success)
      }),
      { numRuns: 1_000 },
    )
  })

  it("passes over fields that it does not know", () => {
    expect(isEvent({ type: "text-delta", id: "1", delta: "a", later: true })).toBe(true)
  })
})

describe("parseFrame", () => {
  const delta: Event = { type: "text-delta", id: "1", delta: "a" }

  it.each([
    ["text that is no JSON", "{"],
    ["a list", "[]"],
    ["no type", "{}"],
    ["API Gateway's own", JSON.stringify({ message: "Forbidden", connectionId: "x", requestId: "y" })],
    ["an unknown type", JSON.stringify({ type: "presence" })],
    ["a type of every object", JSON.stringify({ type: "constructor" })],
    ["an ack without its id", JSON.stringify({ type: "ack" })],
    ["a run from number 0", JSON.stringify({ type: "run", runId, from: 0, events: [] })],
    ["a run without its id", JSON.stringify({ type: "run", runId: "x", from: 1, events: [] })],
    ["a chat without a summary", JSON.stringify({ type: "chat", chat: { id: newId("cht", 0) } })],
    ["something binary", new ArrayBuffer(2)],
  ])("passes over %s", (_, data) => {
    expect(parseFrame(data)).toBeUndefined()
  })

  it("reads run, pong and deletion frames as they are", () => {
    const frames = [
      { type: "run", runId, from: 3, events: [delta] },
      { type: "run", runId, from: 4, events: [] },
      { type: "pong", id: "p1" },
      { type: "chat", chat: { id: newId("cht", 0), deleted: true } },
    ]
    expect(frames.map(parse)).toEqual(frames)
  })

  it("reads an error with a code of the future as internal", () => {
    const frame = parse({ type: "error", id: "a1", code: "teapot", message: "short", retryable: true, retryAfterMs: 5 })
    expect(frame).toMatchObject({
      id: "a1",
      error: { code: "internal", message: "short", retryable: true, retryAfterMs: 5 },
    })
  })

  it("says which event of a run it cannot read", () => {
    const frame = parse({ type: "run", runId, from: 3, events: [delta, { type: "text-hologram", id: "1" }] })
    expect(frame).toMatchObject({ type: "unreadable", runId, error: { code: "internal" } })
    expect(frame).toHaveProperty("error.message", expect.stringContaining("Event 4"))
    expect(frame).toHaveProperty("error.message", expect.stringContaining("text-hologram"))
  })
})
