import { afterEach, describe, expect, it, vi } from "vitest"
import { createClock } from "./clock.ts"

afterEach(() => vi.restoreAllMocks())

/** Shifts the wall clock, as a person, a time server or a night's sleep does. */
const shiftWall = (ms: number): void => {
  vi.spyOn(Date, "now").mockImplementation(() => wallNow() + ms)
}
const wallNow = Date.now.bind(Date)

describe("the clock", () => {
  it.each([-3_600_000, 3_600_000])("does not follow the wall clock when that jumps by %d ms", (jump) => {
    const clock = createClock()
    const before = clock.now()
    shiftWall(jump)
    expect(clock.now() - before).toBeLessThan(60_000)
    expect(clock.now()).toBeGreaterThanOrEqual(before)
  })

  it("catches up with a wall clock that is ahead, and never goes back", () => {
    const clock = createClock()
    const before = clock.now()
    shiftWall(3_600_000)
    clock.catchUp()
    expect(clock.now() - before).toBeGreaterThanOrEqual(3_600_000)
    const later = clock.now()
    shiftWall(-7_200_000)
    clock.catchUp()
    expect(clock.now()).toBeGreaterThanOrEqual(later)
  })

  it("wakes a sleeper whose signal is aborted, before or meanwhile", async () => {
    const clock = createClock()
    const waking = new AbortController()
    const sleeping = clock.sleep(3_600_000, waking.signal)
    waking.abort()
    await sleeping
    await clock.sleep(3_600_000, waking.signal)
    await clock.sleep(0)
  })
})
