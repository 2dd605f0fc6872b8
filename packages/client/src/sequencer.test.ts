import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Event } from "@omnichat/core/protocol/event"
import { answerOf } from "../test/answer.ts"
import { Sequencer } from "./sequencer.ts"
import type { Slice } from "./sequencer.ts"

const journal = answerOf(Array.from({ length: 40 }, (_, at) => ` w${at}`)).events
const frame = (from: number, to: number): Slice => ({ from, events: journal.slice(from - 1, to) })

/** Feeds frames; checks that what comes out follows on without a gap. */
class Reading {
  readonly held: Event[] = []
  readonly sequencer: Sequencer
  readonly #after: number

  constructor(after: number) {
    this.#after = after
    this.sequencer = new Sequencer(after)
  }

  take({ from, events }: Slice): void {
    for (const slice of this.sequencer.take(from, events)) {
      expect(slice.from).toBe(this.#after + this.held.length + 1)
      expect(slice.events.length).toBeGreaterThan(0)
      this.held.push(...slice.events)
    }
    expect(this.sequencer.last).toBe(this.#after + this.held.length)
  }
}

describe("the sequencer", () => {
  it("hands on a frame's own array where nothing overlaps", () => {
    const first = frame(1, 4)
    expect(new Sequencer(0).take(first.from, first.events)[0]?.events).toBe(first.events)
  })

  it("skips what it holds", () => {
    const sequencer = new Sequencer(0)
    sequencer.take(1, frame(1, 5).events)
    expect(sequencer.take(1, frame(1, 5).events)).toEqual([])
    expect(sequencer.take(3, frame(3, 8).events)).toEqual([frame(6, 8)])
  })

  it("keeps frames beyond a gap and uses them when it closes", () => {
    const sequencer = new Sequencer(0)
    expect(sequencer.take(7, frame(7, 9).events)).toEqual([])
    expect(sequencer.take(4, frame(4, 6).events)).toEqual([])
    expect(sequencer.gap).toBe(true)
    expect(sequencer.take(1, frame(1, 4).events)).toEqual([frame(1, 4), frame(5, 6), frame(7, 9)])
    expect(sequencer.gap).toBe(false)
  })

  it("takes an empty frame beyond its last number for a gap, and one at it for none", () => {
    const sequencer = new Sequencer(3)
    sequencer.take(4, [])
    expect(sequencer.gap).toBe(false)
    sequencer.take(6, [])
    expect(sequencer.gap).toBe(true)
  })

  it("ends with the terminal event and takes nothing after it", () => {
    const sequencer = new Sequencer(0)
    const more = [...journal, journal[2]!]
    expect(sequencer.take(1, more)[0]?.events).toEqual(journal)
    expect(sequencer.ended).toBe(true)
    expect(sequencer.take(journal.length + 1, [journal[2]!])).toEqual([])
    expect(sequencer.gap).toBe(false)
  })

  it("keeps no more than a bounded number of frames aside", () => {
    const sequencer = new Sequencer(0)
    const delta = journal[2]!
    for (let from = 10_000; from > 2; from--) sequencer.take(from, [delta])
    expect(sequencer.take(1, [delta, delta]).length).toBeLessThanOrEqual(65)
    expect(sequencer.gap).toBe(true)
  })

  it("gives each number once and in order, whatever is lost, doubled, cut anew or out of order", () => {
    const last = journal.length
    const anyFrame = fc
      .tuple(fc.integer({ min: 1, max: last + 1 }), fc.nat({ max: 12 }))
      .map(([from, length]) => frame(from, Math.min(last, from + length - 1)))
    /** Frames out of nowhere, then a follow's answer from the number held, cut as it may be, of which some is lost. */
    const round = fc.record({
      noise: fc.array(anyFrame, { maxLength: 30 }),
      cuts: fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
      answered: fc.integer({ min: 0, max: 6 }),
    })
    fc.assert(
      fc.property(fc.nat({ max: last }), fc.array(round, { maxLength: 8 }), (after, rounds) => {
        const reading = new Reading(after)
        for (const { noise, cuts, answered } of rounds) {
          for (const slice of noise) reading.take(slice)
          let from = reading.sequencer.last + 1
          for (let count = 0; count < answered && from <= last; count++) {
            const length = cuts.next().value ?? 1
            reading.take(frame(from, Math.min(last, from + length - 1)))
            from += length
          }
          expect(reading.held).toEqual(journal.slice(after, reading.sequencer.last))
        }
        if (reading.sequencer.last < last) reading.take(frame(reading.sequencer.last + 1, last))
        expect(reading.held).toEqual(journal.slice(after))
        expect(reading.sequencer.gap).toBe(false)
      }),
      { numRuns: 2_000 },
    )
  })
})
