import { setImmediate as nextTurn } from "node:timers/promises"
import { expect, it } from "vitest"
import { collectWork, untilSettled } from "./background.ts"

it("waits for what was left behind, and for what that leaves behind", async () => {
  const { background, settled } = collectWork()
  const done: string[] = []
  const later = async (name: string, then?: () => void) => {
    await nextTurn()
    done.push(name)
    then?.()
  }
  const result = await untilSettled({ settled }, async () => {
    background(later("first", () => background(later("second"))))
    return "answer"
  })
  expect([result, done]).toEqual(["answer", ["first", "second"]])
})

it("waits also when the work fails", async () => {
  const { background, settled } = collectWork()
  let isDone = false
  const failing = untilSettled({ settled }, async () => {
    background(nextTurn().then(() => void (isDone = true)))
    throw new Error("no")
  })
  await expect(failing).rejects.toThrow("no")
  expect(isDone).toBe(true)
})
