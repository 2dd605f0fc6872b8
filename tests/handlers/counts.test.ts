import { expect, it } from "vitest"
import { longestChain, measureAnswer } from "./measure.ts"

it("an answer of 10 s and 500 deltas takes few messages, few write units, and three round trips to its ack", async () => {
  const counts = await measureAnswer()
  console.info(`one answer of ${counts.deltas} deltas: ${JSON.stringify(counts, undefined, 2)}`)
  const { messagesIn, messagesOut, units, roundTripsToAck, seconds } = counts
  // the model says a delta each 20 ms, so that it takes what it is said to take
  expect(seconds).toBeGreaterThan(10)
  expect(messagesIn).toBe(1)
  expect(messagesIn + messagesOut).toBeLessThanOrEqual(90)
  expect(units.writes).toBeLessThanOrEqual(120)
  expect(roundTripsToAck).toBeLessThanOrEqual(3)
  expect(counts.functions["worker"]?.calls).toBe(1)
}, 120_000)

it("a chain of calls is made of those that wait for each other", () => {
  const call = (at: number, to: number) => ({ at, to })
  expect(longestChain([])).toBe(0)
  expect(longestChain([call(0, 10), call(1, 9), call(2, 11)])).toBe(1)
  expect(longestChain([call(0, 10), call(1, 9), call(10, 20), call(21, 30), call(12, 28)])).toBe(3)
})
