import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { answerOf } from "../test/answer.ts"
import type { Answer } from "../test/answer.ts"
import { ManualClock } from "../test/manual-clock.ts"
import { collect, numbered } from "../test/scene.ts"
import { healthy, SimulatedServer } from "../test/simulated-server.ts"
import type { Faults } from "../test/simulated-server.ts"
import { createClient } from "./client.ts"
import type { RunEntry } from "./client.ts"

const chance = (percent: number) => fc.integer({ min: 0, max: percent }).map((value) => value / 100)
const faults: fc.Arbitrary<Faults> = fc.record({
  lost: chance(30),
  doubled: chance(30),
  delay: fc.constantFrom(0, 50, 3_000),
  dropped: chance(4),
  halfOpen: chance(3),
  limited: chance(20),
})
const readings = fc.array(
  fc.record({
    words: fc.nat({ max: 60 }),
    after: fc.option(fc.nat({ max: 3 })),
    readers: fc.integer({ min: 1, max: 2 }),
  }),
  { minLength: 1, maxLength: 3 },
)
const gathers = fc.constantFrom(0, 80)
type Reading = { words: number; after: number | null; readers: number }

/** The same numbers from the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

type Outcome = { expected: RunEntry[][]; given: RunEntry[][]; server: SimulatedServer }

/** Lets clients read runs through the faults for a minute, then without them, to their ends. */
async function play(seed: number, bad: Faults, wanted: Reading[], gather = 0): Promise<Outcome> {
  const random = randomFrom(seed)
  const clock = new ManualClock()
  clock.random = random
  const server = new SimulatedServer(clock, random)
  const { WebSocket, fetch } = server
  const client = createClient({ baseUrl: "http://simulated", WebSocket, fetch, clock, gather: () => gather })
  server.faults = bad
  clock.timer(60_000, () => (server.faults = healthy))
  const expected: RunEntry[][] = []
  const reads = wanted.flatMap(({ words, after, readers }) => {
    const answer: Answer = answerOf(Array.from({ length: words }, (_, at) => ` ${at}`))
    server.add(answer, { started: after !== null })
    const from = after ?? 0
    const run =
      after === null
        ? client.start({ runId: answer.runId, model: "demo/tour", message: { parts: [{ type: "text", text: "?" }] } })
        : client.follow(answer.runId, { after: from })
    return Array.from({ length: readers }, async () => {
      expected.push(numbered(answer.events, from))
      return collect(run)
    })
  })
  let settled = false
  const all = Promise.all(reads).finally(() => (settled = true))
  const [given] = await Promise.all([all, until(clock, () => settled)])
  client.close()
  return { expected, given, server }
}

/** Goes from timer to timer, and lets promises settle between them. */
async function until(clock: ManualClock, done: () => boolean): Promise<void> {
  const limit = 10 * 60_000
  while (!done()) {
    await new Promise((resolve) => setImmediate(resolve))
    if (!done() && (!clock.step() || clock.now() > limit)) throw new Error(`stuck at ${clock.now()} ms`)
  }
}

describe("the client on a bad network", () => {
  it("[G1] gives every event number once and in order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), faults, readings, gathers, async (seed, bad, wanted, gather) => {
        const { expected, given } = await play(seed, bad, wanted, gather)
        expect(given).toEqual(expected)
      }),
      { numRuns: 600 },
    )
  })

  it("asks for nothing twice when the network is good", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), readings, gathers, async (seed, wanted, gather) => {
        const { expected, given, server } = await play(seed, healthy, wanted, gather)
        expect(given).toEqual(expected)
        const needed = wanted.map(({ after }) => (after === null ? "run.start" : "run.follow"))
        expect(server.actions.map(({ action }) => action).sort()).toEqual(needed.sort())
      }),
      { numRuns: 100 },
    )
  })
})
