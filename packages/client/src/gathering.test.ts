import { beforeEach, expect, test } from "vitest"
import { answerOf } from "../test/answer.ts"
import { ManualClock } from "../test/manual-clock.ts"
import { Gathering } from "./gathering.ts"
import type { Incoming } from "./guard.ts"

const { events, runId } = answerOf(["One", " two", " three", " four"])
const frame = (from: number, count = 1, of = runId) =>
  JSON.stringify({ type: "run", runId: of, from, events: events.slice(from - 1, from - 1 + count) })
const pong = JSON.stringify({ type: "pong", id: "p1" })

let clock: ManualClock
let within: number
let given: (string | number)[][]
let gathering: Gathering

beforeEach(() => {
  clock = new ManualClock()
  within = 80
  given = []
  gathering = new Gathering({ clock, gather: () => within, give: (one) => given.push(seen(one)) })
})

const seen = (one: Incoming): (string | number)[] =>
  one.type === "run" ? [one.runId, one.from, one.events.length] : [one.type]

test("the first words are read at once, and those that follow shortly together", () => {
  gathering.take(frame(1))
  expect(given).toEqual([[runId, 1, 1]])
  gathering.take(frame(2))
  clock.advance(40)
  gathering.take(frame(3, 2))
  expect(given).toHaveLength(1)
  clock.advance(40)
  expect(given.slice(1)).toEqual([[runId, 2, 3]])
  clock.advance(80)
  gathering.take(frame(5))
  expect(given.at(-1)).toEqual([runId, 5, 1])
})

test("frames become one only where the numbers go on, in one run", () => {
  const other = runId.replace(/.$/, "Z") as typeof runId
  gathering.take(frame(1))
  for (const one of [frame(2), frame(2), frame(5), frame(3, 1, other), frame(4, 1, other)]) gathering.take(one)
  gathering.flush()
  expect(given.slice(1)).toEqual([
    [runId, 2, 1],
    [runId, 2, 1],
    [runId, 5, 1],
    [other, 3, 2],
  ])
})

test("anything else is read at once, after what came before it", () => {
  gathering.take(frame(1))
  gathering.take(frame(2))
  gathering.take(pong)
  expect(given).toEqual([[runId, 1, 1], [runId, 2, 1], ["pong"]])
  gathering.take("no JSON")
  clock.advance(1_000)
  expect(given).toHaveLength(3)
})

test("where nothing is to wait any more nothing does", () => {
  gathering.take(frame(1))
  gathering.take(frame(2))
  gathering.flush()
  within = 0
  gathering.take(frame(3))
  expect(given.at(-1)).toEqual([runId, 3, 1])
})

test("much at a time is read before its time, in pieces that take no long task", () => {
  gathering.take(frame(1))
  for (let count = 0; count < 64; count++) gathering.take(frame(1))
  expect(given).toHaveLength(65)
})

test("what is dropped is never read", () => {
  gathering.take(frame(1))
  gathering.take(frame(2))
  gathering.drop()
  clock.advance(1_000)
  expect(given).toHaveLength(1)
})
