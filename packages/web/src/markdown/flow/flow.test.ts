import fc from "fast-check"
import { beforeEach, expect, test } from "vitest"
import { FakeStage } from "../testing/stage.ts"
import { Flow, lag, longest, shortest } from "./flow.ts"

let stage: FakeStage
let pictures: { at: number; text: string; growing: boolean }[]
let flow: Flow

beforeEach(() => {
  stage = new FakeStage()
  pictures = []
  flow = new Flow({ draw: (text, growing) => pictures.push({ at: stage.now(), text, growing }) }, stage)
})

const words = (count: number) => "word ".repeat(count)

test("a whole text is drawn at once", () => {
  flow.set("Hello", false)
  expect(pictures).toMatchObject([{ text: "Hello", growing: false }])
  expect(stage.idle).toBe(true)
})

test("what is there when a growing text is opened is drawn at once", () => {
  flow.set(words(100), true)
  expect(pictures).toMatchObject([{ text: words(100), growing: true }])
})

test("a burst comes evenly, and the last picture tells that the text is whole", () => {
  flow.set("", true)
  flow.set(words(40), true)
  stage.pass(lag)
  const lengths = pictures.map((picture) => picture.text.length)
  expect(lengths.length).toBeGreaterThanOrEqual(3)
  expect(lengths.at(-1)).toBe(200)
  flow.set(words(40), false)
  stage.pass(lag)
  expect(pictures.at(-1)).toMatchObject({ text: words(40), growing: false })
  expect(stage.idle).toBe(true)
})

test("no character is shown later than the lag, whatever the bursts and the cost of a picture", () => {
  const burst = fc.record({ after: fc.integer({ min: 0, max: 300 }), text: fc.string({ minLength: 1, maxLength: 80 }) })
  fc.assert(
    fc.property(fc.array(burst, { maxLength: 30 }), fc.integer({ min: 0, max: 4 }), (bursts, cost) => {
      const own = new FakeStage()
      own.cost = cost
      const drawn: { at: number; length: number }[] = []
      const tested = new Flow({ draw: (text) => drawn.push({ at: own.now(), length: text.length }) }, own)
      const arrivals: { at: number; length: number }[] = []
      let text = ""
      tested.set(text, true)
      for (const { after, text: more } of bursts) {
        own.pass(after)
        text += more
        tested.set(text, true)
        arrivals.push({ at: own.now(), length: text.length })
      }
      own.pass(lag)
      for (const { at, length } of arrivals) {
        const shown = drawn.find((picture) => picture.length >= length)
        expect(shown?.at ?? Infinity).toBeLessThanOrEqual(at + lag)
      }
    }),
  )
})

test("pictures that cost more are fewer", () => {
  const gaps = (cost: number) => {
    const before = pictures.length
    stage.cost = cost
    for (let count = 0; count < 100; count++) {
      flow.set(words(before + count), true)
      stage.pass(25)
    }
    const times = pictures.slice(-10).map((picture) => picture.at)
    return ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 9
  }
  flow.set("", true)
  const cheap = gaps(0.5)
  const dear = gaps(20)
  expect(cheap).toBeGreaterThanOrEqual(shortest)
  expect(cheap).toBeLessThan(shortest * 2)
  expect(dear).toBeGreaterThanOrEqual(longest)
})

test("when nobody watches or motion is not wanted, text comes as it is", () => {
  flow.set("", true)
  stage.still = true
  flow.set(words(40), true)
  stage.pass(lag)
  expect(pictures.map((picture) => picture.text.length)).toEqual([0, 200])
})

test("a very long text is drawn in several tasks, each of them short", () => {
  const long = words(10_000)
  const steps: number[] = []
  const slow = new FakeStage()
  const tasks = new Flow(
    {
      draw: (text) => {
        slow.pass(4)
        steps.push(text.length)
      },
    },
    slow,
  )
  tasks.set(long, false)
  expect(steps.length).toBeLessThan(5)
  slow.pass(1_000)
  expect(steps.at(-1)).toBe(long.length)
})

test("another text is drawn anew, and nothing is drawn once stopped", () => {
  flow.set("One two", true)
  flow.set("Other", true)
  expect(pictures.at(-1)?.text).toBe("Other")
  flow.set("Other words", true)
  flow.stop()
  stage.pass(1_000)
  expect(pictures.at(-1)?.text).toBe("Other")
})
