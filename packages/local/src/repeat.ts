import { describe } from "@omnichat/core/log"
import type { Log } from "@omnichat/core/log"

/** Does the work every `everyMs`, never twice at once; what goes wrong is logged and tried again the next time. */
export function repeat(everyMs: number, log: Log, work: () => Promise<void>): { stop(): Promise<void> } {
  let underWay: Promise<void> | undefined
  const tick = async (): Promise<void> => {
    try {
      await work()
    } catch (thrown) {
      log.error("sweep-failed", { error: describe(thrown) })
    } finally {
      underWay = undefined
    }
  }
  const timer = setInterval(() => void (underWay ??= tick()), everyMs)
  timer.unref()
  return {
    async stop() {
      clearInterval(timer)
      await underWay
    },
  }
}
