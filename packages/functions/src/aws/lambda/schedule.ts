import { createSchedule } from "../../schedule/handler.ts"
import { untilSettled } from "../background.ts"
import type { Runtime } from "../runtime.ts"

/** What EventBridge calls every minute. */
export function createScheduleFunction({ ports, pool, settled }: Runtime): () => Promise<void> {
  const schedule = createSchedule(ports)
  return () =>
    untilSettled({ settled }, async () => {
      // Servers that nobody needs are given back when nobody asks anything, too.
      await Promise.all([schedule(), pool?.drive()])
    })
}
