import { ClientError } from "@omnichat/client/client"
import type { PoolView } from "@omnichat/core/protocol/pool"
import { describe, expect, test } from "vitest"
import { plainHolder } from "../runtime/holder.ts"
import { lookAgain, watchPool } from "./watch.ts"

const view: PoolView = { at: "2026-01-01T00:00:00.000Z", servers: [], waiting: [] }

/** A page, its timers and a server, all of which do what a test says. */
function scene() {
  const timers = new Map<object, () => void>()
  const waits: number[] = []
  let listener = () => {}
  const page = {
    asked: 0,
    hidden: false,
    now: 0,
    answer: (): Promise<PoolView> => Promise.resolve(view),
  }
  const watch = watchPool({
    read: () => ((page.asked += 1), page.answer()),
    hold: plainHolder,
    now: () => page.now,
    after(ms, action) {
      const timer = {}
      waits.push(ms)
      timers.set(timer, action)
      return () => timers.delete(timer)
    },
    page: {
      hidden: () => page.hidden,
      onVisibility(added) {
        listener = added
        return () => (listener = () => {})
      },
    },
  })
  /** What was asked has been answered, and what follows from it is done. */
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve))
  return {
    ...watch,
    page,
    waits,
    settled,
    timers: () => timers.size,
    async tick() {
      const due = [...timers.values()]
      timers.clear()
      for (const action of due) action()
      await settled()
    },
    async show(shown: boolean) {
      page.hidden = !shown
      listener()
      await settled()
    },
  }
}

describe("looking at the pool", () => {
  test("begins at once and goes on every other second", async () => {
    const { page, state, settled, tick, waits } = scene()
    page.now = 7
    await settled()
    expect(state).toMatchObject({ phase: "ready", readAt: 7, view })
    await tick()
    await tick()
    expect([page.asked, waits]).toEqual([3, [lookAgain, lookAgain, lookAgain]])
  })

  test("rests while nobody sees it, and catches up at once", async () => {
    const { page, settled, show, timers } = scene()
    await settled()
    await show(false)
    expect([page.asked, timers()]).toEqual([1, 0])
    await show(true)
    expect([page.asked, timers()]).toEqual([2, 1])
  })

  test("asks once at a time", async () => {
    const { page, settled, tick, show } = scene()
    await settled()
    page.answer = () => new Promise(() => {})
    await tick()
    await show(true)
    expect(page.asked).toBe(2)
  })

  test("keeps what was seen when nobody answers, says so, and goes on", async () => {
    const { page, state, settled, tick } = scene()
    await settled()
    page.now = 50
    page.answer = () => Promise.reject(new ClientError("offline", "The server was not reached."))
    await tick()
    expect(state).toMatchObject({ phase: "ready", view, readAt: 0, problem: "The server was not reached." })
    page.answer = () => Promise.resolve(view)
    await tick()
    expect(state).not.toHaveProperty("problem")
    expect(state.readAt).toBe(50)
  })

  test("ends where there is nothing to see", async () => {
    const { page, state, tick, show } = scene()
    page.answer = () => Promise.reject(new ClientError("not_found", "This service has no pool."))
    await tick()
    await tick()
    expect(state.phase).toBe("none")
    const { asked } = page
    await tick()
    await show(true)
    expect(page.asked).toBe(asked)
  })

  test("ends with the page that shows it", async () => {
    const { page, close, settled, show, timers } = scene()
    await settled()
    close()
    expect(timers()).toBe(0)
    await show(true)
    expect(page.asked).toBe(1)
  })
})
