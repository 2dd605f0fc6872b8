import type { ChatId } from "@omnichat/core/protocol/id"
import { expect, test } from "vitest"
import type { ChatGroup } from "./groups.ts"
import { windowOf } from "./window.ts"

const heights = { heading: 40, row: 32 }
const group = (label: string, count: number): ChatGroup => ({
  label,
  ids: Array.from({ length: count }, (_, index) => `cht_${label}${index}` as ChatId),
})
const groups = [group("a", 3), group("b", 1000), group("c", 5)]
const total = 3 * heights.heading + 1008 * heights.row

const drawnHeight = (spans: ReturnType<typeof windowOf>["spans"]) =>
  spans.reduce((sum, span) => sum + (span.first ? heights.heading : 0) + span.ids.length * heights.row, 0)

test("the space above, what is drawn and the space below are always the whole list", () => {
  for (let from = -500; from < total + 500; from += 97) {
    const { spans, above, below } = windowOf(groups, heights, from, from + 700)
    expect(above + drawnHeight(spans) + below).toBe(total)
  }
})

test("whatever is within the offsets is drawn, and little more", () => {
  const { spans, above } = windowOf(groups, heights, 10_000, 10_700)
  expect(spans).toHaveLength(1)
  const [span] = spans
  expect(span).toMatchObject({ label: "b", first: false, size: 1000 })
  expect(above).toBeLessThanOrEqual(10_000)
  expect(above + drawnHeight(spans)).toBeGreaterThanOrEqual(10_700)
  expect(span?.ids.length).toBeLessThanOrEqual(24)
  expect(span?.ids[0]).toBe(`cht_b${span?.at}`)
})

test("headings come with their groups", () => {
  expect(windowOf(groups, heights, 0, 300).spans.map(({ label, first }) => [label, first])).toEqual([
    ["a", true],
    ["b", true],
  ])
})
