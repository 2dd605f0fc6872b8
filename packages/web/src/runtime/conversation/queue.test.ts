import { describe, expect, test } from "vitest"
import { hear, leftOf, progressOf, startOf } from "./queue.ts"
import type { Queue, QueueNews } from "./queue.ts"

/** What is known after news at these milliseconds. */
function after(...told: [number, QueueNews][]): Queue {
  const queue = told.reduce<Queue | undefined>((before, [now, news]) => hear(before, news, now, true), undefined)
  if (queue === undefined) throw new Error("nothing was told")
  return queue
}

describe("what a run waits for", () => {
  test("is known with everything before it, and since when", () => {
    const queue = after(
      [0, { reason: "position", position: 2 }],
      [1000, { reason: "position", position: 1 }],
      [3000, { reason: "loading" }],
    )
    expect(queue.legs).toEqual([
      { reason: "position", from: 0 },
      { reason: "loading", from: 3000 },
    ])
  })

  test("counts down by itself between two events, and not below nothing", () => {
    const queue = after([1000, { reason: "position", position: 3, etaMs: 40_000 }])
    expect([1000, 11_000, 90_000].map((now) => leftOf(queue, now))).toEqual([40_000, 30_000, 0])
    expect(leftOf(after([0, { reason: "position" }]), 0)).toBeUndefined()
  })

  test("is a start until somebody stands in line again", () => {
    const starting: [number, QueueNews] = [0, { reason: "starting" }]
    const loading: [number, QueueNews] = [100, { reason: "loading" }]
    expect(startOf(after(starting, loading)).map(({ reason }) => reason)).toEqual(["starting", "loading"])
    expect(startOf(after(loading))).toEqual([])
    expect(startOf(after(starting, [50, { reason: "position" }], loading))).toEqual([])
  })
})

describe("the bar", () => {
  test("is there for what has an end, and as far as was told", () => {
    expect(progressOf(after([0, { reason: "position", etaMs: 1000 }]), 500)).toBeUndefined()
    expect(progressOf(after([0, { reason: "loading" }]), 500)).toBeUndefined()
    expect(progressOf(after([0, { reason: "loading", progress: 0.43 }]), 9000)).toBe(0.43)
  })

  test("moves on between two events as the last one promised, but never to the end", () => {
    const queue = after([0, { reason: "loading", progress: 0.5, etaMs: 10_000 }])
    expect(progressOf(queue, 5000)).toBeCloseTo(0.75)
    expect(progressOf(queue, 60_000)).toBeCloseTo(0.975)
  })

  test("goes by the time where only that was told", () => {
    const first = after([0, { reason: "loading", etaMs: 20_000 }])
    expect([0, 5000, 60_000].map((now) => progressOf(first, now))).toEqual([0, 0.25, 0.95])
    const later = after([0, { reason: "loading", etaMs: 20_000 }], [10_000, { reason: "loading", etaMs: 10_000 }])
    expect(progressOf(later, 15_000)).toBeCloseTo(0.75)
  })

  test("never goes back, whatever is told", () => {
    const news: QueueNews[] = [
      { reason: "starting", etaMs: 60_000 },
      { reason: "starting", etaMs: 200_000 },
      { reason: "starting", progress: 0.1 },
      { reason: "loading", etaMs: 90_000 },
      { reason: "loading", progress: 0.02, etaMs: 80_000 },
      { reason: "loading", progress: 0.6 },
      { reason: "loading" },
    ]
    let queue: Queue | undefined
    let shown = 0
    news.forEach((one, index) => {
      queue = hear(queue, one, index * 10_000, true)
      for (let now = index * 10_000; now < (index + 1) * 10_000; now += 500) {
        const progress = progressOf(queue, now) ?? 0
        expect(progress).toBeGreaterThanOrEqual(shown)
        expect(progress).toBeLessThan(1)
        shown = progress
      }
    })
    expect(shown).toBeGreaterThan(0.8)
  })

  test("begins anew for what is waited for anew", () => {
    const full: [number, QueueNews] = [0, { reason: "loading", progress: 0.9 }]
    const again: [number, QueueNews] = [2000, { reason: "loading", progress: 0.1 }]
    expect(progressOf(after(full, [1000, { reason: "position" }], again), 2000)).toBe(0.1)
    expect(progressOf(after(full, again), 2000)).toBe(0.9)
  })
})
