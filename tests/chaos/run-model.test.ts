import type { Event } from "@omnichat/core/protocol/event"
import { isTerminal } from "@omnichat/core/protocol/event"
import { reduce } from "@omnichat/core/protocol/reduce"
import { keys } from "@omnichat/core/store/keys"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { noFaults } from "./sim/ports.ts"
import { type Script, textOf } from "./sim/provider.ts"
import { Play, type Scenario, chatId, hasFaults, journalOf } from "./sim/scenario.ts"

/** More schedules for a longer search: SCHEDULES=10 plays ten times as many. */
const times = Number(process.env.SCHEDULES ?? 1)
/** The first counterexample is enough, unless somebody wants the smallest: SHRINK=1 may look for minutes. */
const endOnFailure = process.env.SHRINK === undefined

const decisions = fc.array(fc.nat(997), { minLength: 40, maxLength: 400, size: "max" })
const script: fc.Arbitrary<Script> = fc.record({
  deltas: fc.array(fc.string({ minLength: 1, maxLength: 6 }), { maxLength: 8 }),
  gap: fc.constantFrom(0, 20, 90, 400, 3000),
  end: fc.constantFrom("finish", "finish", "finish", "cut", "error"),
})
const few = (most: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: most })
const client = fc.record({ followers: fc.integer({ min: 1, max: 3 }), drops: few(2), leaves: few(2), restarts: few(2) })

const faultFree: fc.Arbitrary<Scenario> = fc.record({
  decisions,
  script,
  faults: fc.constant(noFaults),
  worker: fc.record({
    crashes: fc.constant(0),
    freezes: fc.constant(0),
    handOvers: few(2),
    twice: fc.constant(0),
    lost: fc.constant(0),
  }),
  client,
  stops: few(1),
  ticks: few(2),
})

const faulty: fc.Arbitrary<Scenario> = fc.record({
  decisions,
  script: fc.record({
    deltas: fc.array(fc.string({ minLength: 1, maxLength: 6 }), { maxLength: 8 }),
    gap: fc.constantFrom(0, 90, 3000),
    end: fc.constantFrom("finish", "finish", "cut", "error", "hang"),
  }),
  faults: fc.record({
    lostReply: fc.constantFrom(0, 15),
    retryAfterSuccess: fc.constantFrom(0, 8),
    busy: fc.constantFrom(0, 6),
  }),
  worker: fc.record({ crashes: few(2), freezes: few(2), handOvers: few(2), twice: few(2), lost: few(1) }),
  client,
  stops: few(2),
  ticks: few(3),
})

describe("the run engine under every schedule", () => {
  it("loses and doubles nothing, and nobody needs the silence timer, while nothing fails [G1, G2]", async () => {
    await fc.assert(
      fc.asyncProperty(faultFree, async (scenario) => {
        await played(scenario)
      }),
      { numRuns: 5000 * times, endOnFailure },
    )
  }, 900_000)

  it("loses and doubles nothing when workers die, freeze and come back, and the store repeats itself [G1, G2]", async () => {
    await fc.assert(
      fc.asyncProperty(faulty, async (scenario) => {
        await played(scenario)
      }),
      { numRuns: 3000 * times, endOnFailure },
    )
  }, 900_000)
})

async function played(scenario: Scenario): Promise<Play> {
  const play = new Play(scenario)
  await play.run()
  try {
    if (!hasFaults(scenario)) expect(play.followers.map((one) => one.silences)).toEqual(play.followers.map(() => 0))
    check(play, scenario)
  } catch (error) {
    throw new Error(`${String(error)}\n${play.world.trace.slice(0, 400).join("\n")}`, { cause: error })
  }
  return play
}

function check(play: Play, scenario: Scenario): void {
  const journal = journalOf(play.table)
  const events = journal.map((json) => JSON.parse(json) as Event)
  expect(play.failures).toEqual([])
  expect(play.followers.map((follower) => follower.ended)).toEqual(play.followers.map(() => true))
  for (const follower of play.followers) expect(follower.held).toEqual(journal)
  expect(events.filter(isTerminal)).toHaveLength(1)
  expect(events.findIndex(isTerminal)).toBe(events.length - 1)

  const reduction = reduce(events)
  const record = play.record()
  expect(record?.status).toBe(reduction.end?.status)
  const key = keys.message(chatId, record?.messageId ?? "")
  const message = play.table.items().find((item) => item.pk === key.pk && item.sk === key.sk)
  expect(JSON.parse(message?.parts as string)).toEqual(JSON.parse(JSON.stringify(reduction.parts)))
  expect(message?.status).toBe(reduction.end?.status)
  expect(message?.usage).toEqual(reduction.end?.usage)
  expect(play.table.items().filter((item) => item.pk.startsWith("ACTIVE#"))).toEqual([])

  const said = reduction.parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("")
  const whole = textOf(scenario.script)
  if (reduction.end?.status === "complete") expect(said).toBe(whole)
  else expect(whole.startsWith(said)).toBe(true)
}
