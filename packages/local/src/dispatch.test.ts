import { describe, expect, it } from "vitest"
import { createDispatcher } from "./dispatch.ts"
import type { Work } from "@omnichat/core/run/dispatcher"
import { createLog } from "@omnichat/functions/log"

const work = (last: string): Work => ({ runId: `run_0000000000000000000000000${last}`, turn: 0 })

function scene() {
  const lines: string[] = []
  const begun: { runId: string; end: () => void; fail: (error: Error) => void }[] = []
  const dispatcher = createDispatcher(
    ({ runId }) => new Promise((end, fail) => void begun.push({ runId, end, fail })),
    createLog("debug", (line) => void lines.push(line)),
  )
  return { dispatcher, begun, lines }
}

describe("the dispatcher", () => {
  it("begins work at once, resolves before it is done, and knows when all of it is", async () => {
    const { dispatcher, begun } = scene()
    await dispatcher.dispatch(work("1"))
    await dispatcher.dispatch(work("2"))
    expect(dispatcher.active).toBe(2)
    const idle = dispatcher.idle()
    begun[0]?.end()
    // what begins while one waits is waited for too
    await dispatcher.dispatch(work("3"))
    begun[1]?.end()
    begun[2]?.end()
    await idle
    expect(dispatcher.active).toBe(0)
  })

  it("logs a failure, and goes on", async () => {
    const { dispatcher, begun, lines } = scene()
    await dispatcher.dispatch(work("1"))
    begun[0]?.fail(new Error("broken"))
    await dispatcher.idle()
    expect(lines.join("")).toContain("Error: broken")
  })

  it("leaves work in the store once it is stopped", async () => {
    const { dispatcher, begun } = scene()
    dispatcher.stop()
    await dispatcher.dispatch(work("1"))
    expect(begun).toEqual([])
    expect(dispatcher.claim?.()).toBeUndefined()
    await dispatcher.idle()
  })
})
