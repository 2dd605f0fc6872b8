import type { BedrockModel } from "@omnichat/core/provider/bedrock/model"
import { createSchedule } from "../../schedule/handler.ts"
import { untilSettled } from "../background.ts"
import type { Runtime } from "../runtime.ts"
import { shareModels } from "../shared-models.ts"

/** What EventBridge calls every minute. `listModels` says which models Bedrock has, where that is asked. */
export function createScheduleFunction(
  { ports, pool, settled }: Runtime,
  listModels?: (signal: AbortSignal) => Promise<BedrockModel[]>,
): () => Promise<void> {
  const schedule = createSchedule(ports)
  return () =>
    untilSettled({ settled }, async () => {
      await Promise.all([
        schedule(),
        listModels === undefined ? undefined : shareModels(ports, listModels),
        // Servers that nobody needs are given back when nobody asks anything, too.
        pool?.drive(),
      ])
    })
}
