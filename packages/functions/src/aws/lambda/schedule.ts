import { readPool } from "@omnichat/core/pool/store"
import type { PoolPorts } from "@omnichat/core/pool/ports"
import type { BedrockModel } from "@omnichat/core/provider/bedrock/model"
import { createSchedule } from "../../schedule/handler.ts"
import { untilSettled } from "../background.ts"
import type { Runtime } from "../runtime.ts"
import { createModelSharing } from "../shared-models.ts"

/** In milliseconds: how long after a failed start the pool is looked after each minute, and how often in any case. */
const afterFailure = 60 * 60_000
const minute = 60_000
export const driveEveryMinutes = 10

/** What EventBridge calls every minute. `listModels` says which models Bedrock has, where that is asked. */
export function createScheduleFunction(
  { ports, pool, settled }: Runtime,
  listModels?: (signal: AbortSignal) => Promise<BedrockModel[]>,
): () => Promise<void> {
  const schedule = createSchedule(ports)
  const shareModels = listModels && createModelSharing(ports, listModels)
  return () =>
    untilSettled({ settled }, async () => {
      const done = await Promise.allSettled([schedule(), shareModels?.(), pool && driveIfNeeded(pool)])
      // Each does its part, whatever becomes of the others.
      const failed = done.find((each) => each.status === "rejected")
      if (failed !== undefined) throw failed.reason
    })
}

/**
 * Servers that nobody needs are given back when nobody asks anything, too. Where nothing is to be seen of the pool, driving
 * it is left out, for it costs more than all the rest of an empty minute; a server that does not say that it is there is
 * found by those minutes in which it is driven all the same.
 */
async function driveIfNeeded(pool: PoolPorts): Promise<void> {
  const now = pool.clock.now()
  if (Math.floor(now / minute) % driveEveryMinutes !== 0) {
    const { state, nodes, waiting } = await readPool(pool.table)
    const hasFailed = state.failed !== undefined && now - state.failed.at < afterFailure
    const isQuiet = state.start === undefined && !hasFailed && Object.keys(state.silent ?? {}).length === 0
    if (isQuiet && nodes.length === 0 && waiting.length === 0) return
  }
  await pool.drive()
}
