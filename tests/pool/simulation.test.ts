import { readFileSync } from "node:fs"
import { afterAll, describe, expect, it } from "vitest"
import { asTable } from "./sim/figures.ts"
import type { Figures, Line } from "./sim/figures.ts"
import { playBoth } from "./sim/scenario.ts"
import type { Scenario } from "./sim/scenario.ts"
import type { TraceShape } from "./sim/trace.ts"

/**
 * Three servers, 200 users and eight models, in virtual time: the real pool, its line, drive and agents against a front end
 * that picks a server by chance, on the same trace. A wait is from asking to the first word. The worst user is the one
 * whose mean wait over all their questions is longest, measured against the mean of all the others' means.
 */
const day: TraceShape = { users: 200, questionsEach: 24, hours: 6 }
const hours: TraceShape = { users: 200, questionsEach: 6, hours: 1.5 }
const lines: Line[] = []

describe("the pool against random choice", () => {
  // A stack for each of a million aborted sleeps would take a third of the time.
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 0
  afterAll(() => {
    Error.stackTraceLimit = limit
    console.log(`\n${asTable(lines)}\n`)
  })

  for (const seed of [1, 2, 3]) {
    it(`halves the waits, with a third of the loads, and is fair (seed ${seed})`, async () => {
      const { pool, random } = await played("load", seed, day)
      expect(pool).toMatchObject({ answered: day.users * day.questionsEach, cut: 0, failed: 0 })
      isBetter(pool, random)
      expect(pool.worstUser).toBeLessThanOrEqual(3)
    }, 120_000)
  }

  // The two servers that are left have room for five or six of the eight models: everybody has to wait more.
  it("is better still when a server dies, and only who was reading its words sees it", async () => {
    const { pool, random } = await played("death", 4, hours)
    expect(pool.failed).toBe(0)
    expect(pool.cut).toBeLessThanOrEqual(4)
    isBetter(pool, random, { p99: 2 / 3, loads: 2 / 3 })
  }, 120_000)

  it("does so when there is no server at the beginning", async () => {
    const { pool, random } = await played("cold start", 5, hours)
    expect(pool).toMatchObject({ cut: 0, failed: 0 })
    isBetter(pool, random)
  }, 120_000)

  it("is better still when a server is taken away with two minutes' notice, and nobody sees it", async () => {
    const { pool, random } = await played("spot notice", 6, hours)
    expect(pool).toMatchObject({ cut: 0, failed: 0 })
    isBetter(pool, random, { p99: 2 / 3, loads: 2 / 3 })
  }, 120_000)

  it("is what docs/design/pool.md shows", () => {
    expect(readFileSync(new URL("../../docs/design/pool.md", import.meta.url), "utf8")).toContain(asTable(lines))
  })
})

async function played(scenario: Scenario, seed: number, shape: TraceShape) {
  const both = await playBoth(scenario, seed, shape)
  for (const choice of ["random", "pool"] as const) lines.push({ scenario, seed, choice, figures: both[choice] })
  return both
}

function isBetter(pool: Figures, random: Figures, most = { p99: 1 / 2, loads: 1 / 3 }): void {
  expect(pool.median).toBeLessThanOrEqual(random.median / 2)
  expect(pool.p99).toBeLessThanOrEqual(random.p99 * most.p99)
  expect(pool.loads).toBeLessThanOrEqual(random.loads * most.loads)
}
