import { expect, test } from "vitest"
import { around, atEnd, down, drawn, up } from "./range.ts"

const path = Array.from({ length: 40 }, (_, index) => `m${index}`)

test("a chat is drawn from its end and grows up", () => {
  let range = atEnd(path, 8)
  expect(drawn(path, range, 8)).toEqual(path.slice(-8))
  range = up(path, range, 12) ?? range
  expect(drawn(path, range, 8)).toEqual(path.slice(-20))
  for (let next = up(path, range, 12); next; next = up(path, next, 12)) range = next
  expect(drawn(path, range, 8)).toEqual(path)
})

test("new turns at the end push none out at the top", () => {
  const range = atEnd(path, 8)
  expect(drawn([...path, "new"], range, 8)).toHaveLength(9)
  const short = atEnd(["m0"], 8)
  expect(drawn(path, short, 8)).toEqual(path)
})

test("older turns that are read come above, not into the picture", () => {
  const range = atEnd(path.slice(-8), 8)
  expect(drawn(path, range, 8)).toEqual(path.slice(-8))
  expect(up(path, range, 12)?.from).toBe("m20")
})

test("a reader who comes back finds the place, and the rest grows down to the end", () => {
  let range = around(path, "m10", 8)
  expect(drawn(path, range, 8)).toEqual(path.slice(8, 19))
  range = down(path, range, 12) ?? range
  expect(drawn(path, range, 8)).toEqual(path.slice(8, 31))
  range = down(path, range, 12) ?? range
  expect(drawn(path, range, 8)).toEqual(path.slice(8))
  expect(down(path, range, 12)).toBeUndefined()
  expect(around(path, "gone", 8)).toEqual(atEnd(path, 8))
})

test("another branch that shares nothing with the range is drawn from its end", () => {
  const other = path.map((key) => `x${key}`)
  expect(drawn(other, atEnd(path, 8), 8)).toEqual(other.slice(-8))
})
