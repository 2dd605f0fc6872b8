import { expect, it } from "vitest"
import { createWallClock } from "./clock.ts"

it("follows the wall clock over any time the process stood still, and never goes back", () => {
  const wall = [1000, 5_000_000, 4_000_000, 5_000_001]
  const clock = createWallClock(() => wall.shift() ?? 0)
  expect([clock.now(), clock.now(), clock.now(), clock.now(), clock.now()]).toEqual([
    1000, 5_000_000, 5_000_000, 5_000_001, 5_000_001,
  ])
})
