import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { countsFile } from "../../scripts/cost/facts.mjs"
import { workspaceRoot } from "../../scripts/lib/files.mjs"
import type { Counts } from "../../scripts/cost/answer.mjs"
import { longestChain, measureAnswer } from "./measure.ts"
import type { AnswerCounts } from "./measure.ts"

it("an answer of 10 s and 500 deltas takes few messages, few write units, and three round trips to its ack", async () => {
  const counts = await measureAnswer()
  console.info(`one answer of ${counts.deltas} deltas: ${JSON.stringify(counts, undefined, 2)}`)
  const { messagesIn, messagesOut, units, roundTripsToAck, seconds } = counts
  // a busy machine makes the answer longer, and each second has its frames
  const stretched = seconds / 10
  expect(stretched).toBeGreaterThan(1)
  expect(messagesIn).toBe(1)
  expect(messagesIn + messagesOut).toBeLessThanOrEqual(90 * stretched)
  expect(units.writes).toBeLessThanOrEqual(120 * stretched)
  expect(roundTripsToAck).toBeLessThanOrEqual(3)
  expectReckoned(counts, stretched)
}, 120_000)

/** What docs/cost.md reckons with is what is counted, but for what a busy machine adds. */
function expectReckoned({ messagesIn, messagesOut, units, functions }: AnswerCounts, stretched: number): void {
  const { answer } = JSON.parse(readFileSync(join(workspaceRoot, countsFile), "utf8")) as { answer: Counts }
  const reckoned = [answer.messagesIn, answer.messagesOut, answer.writeUnits, answer.readUnits]
  const counted = [messagesIn, messagesOut, units.writes, units.reads]
  for (const [index, each] of counted.slice(1).entries()) {
    const ratio = each / stretched / (reckoned[index + 1] ?? 0)
    expect(ratio, `${countsFile}: ${reckoned.join()}; counted: ${counted.join()}`).toBeGreaterThan(0.85)
    expect(ratio, `${countsFile}: ${reckoned.join()}; counted: ${counted.join()}`).toBeLessThan(1.15)
  }
  for (const [name, { calls }] of Object.entries(functions)) expect(calls).toBe(answer.functions[name]?.calls ?? 0)
}

it("a chain of calls is made of those that wait for each other", () => {
  const call = (at: number, to: number) => ({ at, to })
  expect(longestChain([])).toBe(0)
  expect(longestChain([call(0, 10), call(1, 9), call(2, 11)])).toBe(1)
  expect(longestChain([call(0, 10), call(1, 9), call(10, 20), call(21, 30), call(12, 28)])).toBe(3)
})
