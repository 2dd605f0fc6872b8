import { liveSlots } from "@omnichat/core/pool/condition"
import { readPool } from "@omnichat/core/pool/store"
import type { Event } from "@omnichat/core/protocol/event"
import { isTerminal } from "@omnichat/core/protocol/event"
import { reduce } from "@omnichat/core/protocol/reduce"
import { keys } from "@omnichat/core/store/keys"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Play, calmFrom } from "./schedule/play.ts"
import type { Mishap, Schedule } from "./schedule/play.ts"

/** More schedules for a longer search: SCHEDULES=10 plays ten times as many. */
const times = Number(process.env.SCHEDULES ?? 1)
const endOnFailure = process.env.SHRINK === undefined
/** Everybody has an end by then, if nothing fails any more: the sweep calls who waits, after two minutes at the latest. */
const patience = 420_000

const run = fc.record({
  // Often several ask in the same moment.
  after: fc.tuple(fc.nat(3), fc.nat(60)).map(([moment, later]) => 6000 + moment * 15_000 + later),
  user: fc.nat(2),
  model: fc.constantFrom(0, 0, 0, 1, 2),
  firstMs: fc.integer({ min: 50, max: 3000 }),
  answerMs: fc.integer({ min: 3000, max: 15_000 }),
})
const kinds: Mishap["kind"][] = [
  ...(["server dies", "server comes back", "agent stands still", "notice"] as const),
  ...(["drain", "worker dies", "driver dies", "stop"] as const),
]
const mishap = (...of: Mishap["kind"][]) =>
  fc.record({ after: fc.integer({ min: 5000, max: calmFrom - 5000 }), at: fc.nat(11), kind: fc.constantFrom(...of) })

const always = fc.record({
  seed: fc.nat(2 ** 31),
  servers: fc.integer({ min: 1, max: 3 }),
  parallel: fc.integer({ min: 1, max: 2 }),
  runs: fc.array(run, { minLength: 2, maxLength: 8 }),
  skew: fc.constantFrom(0, -300_000, 300_000),
})
const calm: fc.Arbitrary<Schedule> = always.map((base) => ({ ...base, mishaps: [], lostOneIn: 0, faultOneIn: 0 }))
const stormy: fc.Arbitrary<Schedule> = fc
  .tuple(
    always,
    fc.array(mishap(...kinds), { maxLength: 6 }),
    fc.record({ lostOneIn: fc.constantFrom(0, 4), faultOneIn: fc.constantFrom(0, 0, 40) }),
  )
  .map(([base, mishaps, faults]) => ({ ...base, ...faults, mishaps }))
const waking: fc.Arbitrary<Schedule> = fc
  .tuple(
    always,
    fc.array(mishap("worker dies", "driver dies", "stop"), { maxLength: 3 }),
    fc.constantFrom("well" as const, "without capacity" as const),
    fc.constantFrom(0, 4),
  )
  .map(([base, mishaps, wakes, lostOneIn]) => ({ ...base, mishaps, wakes, lostOneIn, faultOneIn: 0 }))

describe("the pool under every schedule", () => {
  it("answers everybody, once, while nothing fails", async () => {
    await holds(calm, 150, (play, { parallel }) => {
      expect(endsOf(play)).toEqual(play.asked.map(() => "complete"))
      expect(play.idledFor, "nobody waits while no server has anything to do").toBeLessThanOrEqual(10_000)
      for (const { ollama } of play.servers.values()) expect(ollama.mostAtOnce).toBeLessThanOrEqual(parallel)
    })
  }, 300_000)

  it("loses and doubles nothing when servers, agents, workers, drivers and the store fail", async () => {
    await holds(stormy, 650)
  }, 600_000)

  it("starts servers once for all who wait, and tells them when there are none", async () => {
    await holds(waking, 200, (play, { servers, wakes }) => {
      for (const error of errorsOf(play)) {
        expect(error).toMatch(
          wakes === "without capacity"
            ? /No GPU server could be started|was cut off|Nobody was free/
            : /was cut off|Nobody was free/,
        )
      }
      if (wakes === "without capacity") expect(endsOf(play)).not.toContain("complete")
      for (const [at, { desired }] of play.starts.entries()) {
        expect(desired).toBeLessThanOrEqual(servers)
        const before = play.starts[at - 1]
        if (before !== undefined) expect(play.starts[at]?.at).toBeGreaterThan(before.at + 5000)
      }
    })
  }, 300_000)
})

async function holds(
  schedules: fc.Arbitrary<Schedule>,
  count: number,
  also?: (play: Play, schedule: Schedule) => void,
) {
  // A stack for each aborted sleep would take a third of the time.
  Error.stackTraceLimit = 0
  await fc.assert(
    fc.asyncProperty(schedules, async (schedule) => {
      const play = new Play(schedule)
      await play.run(patience)
      try {
        await check(play)
        also?.(play, schedule)
      } catch (error) {
        throw new Error(`${String(error)}\n${play.trace.slice(-150).join("\n")}`, { cause: error })
      }
    }),
    { numRuns: count * times, endOnFailure },
  )
}

async function check(play: Play): Promise<void> {
  const items = play.table.items()
  const answered = [...play.servers.values()].flatMap(({ ollama }) => ollama.answered)
  for (const { runId } of play.asked) {
    const { pk } = keys.run(runId)
    const batches = items.filter((item) => item.pk === pk && item.sk.startsWith("EVT#"))
    const events = batches.flatMap((item) => JSON.parse(item.events as string) as Event[])
    // Numbers follow each other, and the last is the one terminal event.
    let last = 0
    for (const batch of batches) {
      expect(Number(batch.sk.slice(4))).toBe(last + 1)
      last = batch.last as number
    }
    expect(events).toHaveLength(last)
    expect(events.filter(isTerminal), `${runId} has one end`).toHaveLength(1)
    expect(events.findIndex(isTerminal)).toBe(events.length - 1)
    const { parts, end } = reduce(events)
    const said = parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("")
    expect(end?.status === "complete" ? ["word"] : ["", "word"], `what ${runId} says`).toContain(said)
    expect(answered.filter((name) => name === runId).length, `${runId} is answered once at most`).toBeLessThanOrEqual(1)
  }
  const { nodes, waiting } = await readPool(play.table)
  expect(waiting, "nobody stands in line").toEqual([])
  for (const node of nodes) expect(liveSlots(node, play.time.now()), `a place on ${node.nodeId}`).toEqual([])
}

function endsOf(play: Play): unknown[] {
  const items = play.table.items()
  return play.asked.map(({ runId }) => items.find(({ pk, sk }) => pk === keys.run(runId).pk && sk === "STATE")?.status)
}

const eventsOf = (play: Play, runId: string): Event[] =>
  play.table
    .items()
    .filter(({ pk, sk }) => pk === keys.run(runId).pk && sk.startsWith("EVT#"))
    .flatMap(({ events }) => JSON.parse(events as string) as Event[])

const errorsOf = (play: Play) =>
  play.asked.flatMap(({ runId }) =>
    eventsOf(play, runId).flatMap((event) => (event.type === "error" ? [event.errorText] : [])),
  )
