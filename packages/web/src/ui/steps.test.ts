import { expect, test } from "vitest"
import { stepTo } from "./steps.ts"

test("arrows go round, Home and End go to the ends", () => {
  expect(["ArrowDown", "ArrowUp", "Home", "End"].map((key) => stepTo(key, 2, 3))).toEqual([0, 1, 0, 2])
  expect(stepTo("ArrowUp", -1, 3)).toBe(2)
  expect(stepTo("ArrowDown", -1, 3)).toBe(0)
})

test("other keys and empty lists lead nowhere", () => {
  expect(stepTo("a", 0, 3)).toBeUndefined()
  expect(stepTo("ArrowDown", 0, 0)).toBeUndefined()
})
