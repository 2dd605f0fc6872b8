import { describe, expect, test } from "vitest"
import { hear } from "../runtime/conversation/queue.ts"
import type { Queue, QueueNews } from "../runtime/conversation/queue.ts"
import { waitingFor } from "./waiting.ts"
import type { Waiter } from "./waiting.ts"

const waiter = (now: number, more: Partial<Waiter> = {}): Waiter => ({
  name: "qwen3",
  since: 0,
  now,
  temporary: false,
  ...more,
})

function after(told: [number, QueueNews][], exact = true): Queue {
  const queue = told.reduce<Queue | undefined>((before, [now, news]) => hear(before, news, now, exact), undefined)
  if (queue === undefined) throw new Error("nothing was told")
  return queue
}
const shown = (now: number, ...told: [number, QueueNews][]) => waitingFor(after(told), waiter(now))

test("silence is told of when it is longer than a pause for breath", () => {
  expect(waitingFor(undefined, waiter(2000))).toBeUndefined()
  expect(waitingFor(undefined, waiter(5000))).toEqual({ title: "Waiting for qwen3", left: "5 s", steps: [] })
})

describe("a place in line", () => {
  test("is told with what it means, and that one may leave", () => {
    expect(shown(0, [0, { reason: "position", position: 3, etaMs: 40_000 }])).toEqual({
      title: "Third in line",
      left: "about 40 s",
      text: "Every place at qwen3 is taken. You can leave; the answer will be here.",
      steps: [],
      spoken: "Third in line",
    })
  })

  test("does not send away who would not find the chat again", () => {
    const queue = after([[0, { reason: "position", position: 2 }]])
    expect(waitingFor(queue, waiter(0, { temporary: true }))?.text).toBe("Every place at qwen3 is taken.")
  })

  test("counts down by itself, by fives from a minute on, and ends in any moment", () => {
    const left = (now: number) => shown(now, [0, { reason: "position", position: 1, etaMs: 84_000 }])?.left
    expect([0, 3000, 25_000, 44_000, 83_500, 99_000].map(left)).toEqual([
      "about 1 min 25 s",
      "about 1 min 20 s",
      "about 59 s",
      "about 40 s",
      "any moment",
      "any moment",
    ])
  })

  test("has a name for every number", () => {
    const title = (position?: number) =>
      shown(0, [0, { reason: "position", ...(position !== undefined && { position }) }])?.title
    expect([1, 2, 10, 11, undefined].map(title)).toEqual([
      "Next in line",
      "Second in line",
      "Tenth in line",
      "Number 11 in line",
      "In line",
    ])
  })
})

describe("a model that is loaded", () => {
  test("has a bar, its percent and the time that is left", () => {
    const loading = shown(0, [0, { reason: "loading", progress: 0.43, etaMs: 20_000 }])
    expect(loading).toMatchObject({ title: "Loading qwen3", left: "43 %, 20 s left", progress: 0.43, steps: [] })
    expect(loading?.text).toContain("It is read into memory first. You can leave")
    expect(shown(0, [0, { reason: "loading", progress: 0.43 }])?.left).toBe("43 %")
    expect(shown(10_000, [0, { reason: "loading", progress: 0.5, etaMs: 20_000 }])?.left).toBe("75 %, 10 s left")
  })

  test("of which nothing is known has an empty bar", () => {
    const loading = shown(0, [0, { reason: "loading" }])
    expect(loading).toMatchObject({ progress: "unknown" })
    expect(loading).not.toHaveProperty("left")
  })
})

describe("a server that is started", () => {
  const starting: [number, QueueNews] = [1000, { reason: "starting", etaMs: 120_000 }]
  const loading: [number, QueueNews] = [39_000, { reason: "loading", progress: 0.25, etaMs: 60_000 }]

  test("goes through steps: those that are over say how long they took", () => {
    expect(shown(1000, starting)).toMatchObject({
      title: "Starting a GPU",
      left: "about 2 min",
      steps: [
        { label: "Starting a server", state: "now" },
        { label: "Loading into memory", state: "next" },
      ],
    })
    expect(shown(13_000, starting)?.steps[0]?.amount).toBe("12 s")
    expect(shown(39_000, starting, loading)).toMatchObject({
      title: "Starting a GPU",
      left: "about 1 min",
      steps: [
        { label: "Server is up", state: "done", amount: "38 s" },
        { label: "Loading into memory", state: "now", amount: "25 %" },
      ],
    })
  })

  test("has one bar for all of it", () => {
    expect(shown(39_000, starting, loading)?.progress).toBeCloseTo(0.7)
  })

  test("says no times that this page has not seen pass", () => {
    const steps = waitingFor(after([starting, loading], false), waiter(50_000))?.steps
    expect(steps?.[0]).toEqual({ label: "Server is up", state: "done" })
  })
})

test("a screen reader is told of each change of what is waited for and of the place, and of no second", () => {
  const told: [number, QueueNews][] = [
    [0, { reason: "position", position: 2, etaMs: 40_000 }],
    [10_000, { reason: "position", position: 2, etaMs: 31_000 }],
    [20_000, { reason: "position", position: 1, etaMs: 20_000 }],
    [30_000, { reason: "starting", etaMs: 90_000 }],
    [40_000, { reason: "starting", progress: 0.5 }],
    [50_000, { reason: "loading", progress: 0.1 }],
    [60_000, { reason: "loading", progress: 0.9 }],
  ]
  const spoken = told.flatMap(([at], index) =>
    [0, 4000, 9000].map((more) => waitingFor(after(told.slice(0, index + 1)), waiter(at + more))?.spoken),
  )
  expect(spoken.filter((one, index) => one !== spoken[index - 1])).toEqual([
    "Second in line",
    "Next in line",
    "Starting a GPU",
    "Server is up, loading qwen3",
  ])
})
