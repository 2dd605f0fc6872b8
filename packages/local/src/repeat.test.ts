import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { createLog } from "@omnichat/functions/log"
import { repeat } from "./repeat.ts"

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it("does the work again and again, never twice at once, and goes on after a failure", async () => {
  const lines: string[] = []
  const begun: { end: () => void; fail: (error: Error) => void }[] = []
  const log = createLog("debug", (line) => void lines.push(line))
  const repeating = repeat(10, log, () => new Promise((end, fail) => void begun.push({ end, fail })))
  await vi.advanceTimersByTimeAsync(50)
  expect(begun).toHaveLength(1)
  begun[0]?.fail(new Error("broken"))
  await vi.advanceTimersByTimeAsync(10)
  expect(begun).toHaveLength(2)
  expect(lines.join("")).toContain("Error: broken")
  let stopped = false
  const stopping = repeating.stop().then(() => (stopped = true))
  await vi.advanceTimersByTimeAsync(50)
  expect(stopped).toBe(false)
  begun[1]?.end()
  await stopping
  await vi.advanceTimersByTimeAsync(50)
  expect(begun).toHaveLength(2)
})
