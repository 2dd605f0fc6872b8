import { createSchedule } from "../../schedule/handler.ts"
import { untilSettled } from "../background.ts"
import type { Runtime } from "../runtime.ts"

/** What EventBridge calls every minute. */
export function createScheduleFunction({ ports, settled }: Runtime): () => Promise<void> {
  const schedule = createSchedule(ports)
  return () => untilSettled({ settled }, schedule)
}
