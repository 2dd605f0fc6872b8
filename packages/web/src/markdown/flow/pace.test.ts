import fc from "fast-check"
import { expect, test } from "vitest"
import { Pace, wordEnd } from "./pace.ts"

const spread = 100

/** Bursts: so many milliseconds after the one before, so many characters. */
const bursts = fc.array(
  fc.record({ after: fc.integer({ min: 0, max: 400 }), count: fc.integer({ min: 1, max: 500 }) }),
  {
    minLength: 1,
    maxLength: 30,
  },
)

test("nothing is shown before it came, nothing later than its time, and nothing is taken back", () => {
  fc.assert(
    fc.property(bursts, fc.integer({ min: 1, max: 60 }), (all, tick) => {
      const pace = new Pace()
      const arrivals: { at: number; length: number }[] = []
      let at = 1_000
      let length = 0
      let shown = 0
      const look = (now: number) => {
        const visible = pace.visible(now)
        expect(visible).toBeGreaterThanOrEqual(shown)
        expect(visible).toBeLessThanOrEqual(length)
        const due = arrivals.filter((arrival) => arrival.at + spread <= now).at(-1)?.length ?? 0
        expect(visible).toBeGreaterThanOrEqual(due)
        expect(pace.neededBy(now)).toBeGreaterThanOrEqual(due)
        shown = visible
      }
      for (const { after, count } of all) {
        for (let now = at; now < at + after; now += tick) look(now)
        at += after
        length += count
        pace.receive(length, at, at + spread)
        arrivals.push({ at, length })
      }
      look(at + spread)
      expect(shown).toBe(length)
    }),
  )
})

test("bursts at a steady rate flow evenly", () => {
  const pace = new Pace()
  const steps: number[] = []
  let last = 0
  for (let now = 0; now < 3_000; now += 10) {
    if (now % 90 === 0) pace.receive((now / 90 + 1) * 45, now, now + spread)
    const visible = pace.visible(now)
    if (now > 1_000) steps.push(visible - last)
    last = visible
  }
  expect(Math.min(...steps)).toBeGreaterThanOrEqual(4)
  expect(Math.max(...steps)).toBeLessThanOrEqual(6)
})

test("what is skipped to is shown at once", () => {
  const pace = new Pace()
  pace.skip(500)
  expect(pace.visible(0)).toBe(500)
  pace.receive(510, 10, 110, 150)
  expect(pace.visible(60)).toBe(505)
  expect(pace.neededBy(149)).toBe(500)
  expect(pace.neededBy(150)).toBe(510)
})

test("a word is shown when it is there, a long one and one of Chinese at any place", () => {
  const text = "some words 中文字符 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 😀😀"
  expect(wordEnd(text, 7)).toBe(5)
  expect(wordEnd(text, 10)).toBe(5)
  expect(wordEnd(text, 11)).toBe(11)
  expect(wordEnd(text, 13)).toBe(13)
  expect(wordEnd(text, 50)).toBe(50)
  expect(wordEnd(text, text.length)).toBe(text.length)
  expect(wordEnd("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa😀", 33)).toBe(32)
})
