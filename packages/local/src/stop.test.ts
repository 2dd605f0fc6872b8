import { expect, it } from "vitest"
import { onSignal } from "./stop.ts"

it("stops at the first signal and exits at a second, which is not the same one coming twice", () => {
  const done: string[] = []
  let now = 1000
  const told = onSignal(
    () => void done.push("stop"),
    () => void done.push("exit"),
    () => now,
  )
  told()
  now += 300
  told()
  expect(done).toEqual(["stop"])
  now += 1
  told()
  expect(done).toEqual(["stop", "exit"])
})
