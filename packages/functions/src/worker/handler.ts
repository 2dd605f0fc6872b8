import type { Ports } from "@omnichat/core/ports"
import { runId } from "@omnichat/core/protocol/id"
import { executeRun } from "@omnichat/core/run/execute"
import type { ExecuteOptions } from "@omnichat/core/run/execute"
import * as v from "valibot"

const work = v.object({ runId, turn: v.pipe(v.number(), v.safeInteger(), v.minValue(0)) })

/** What a dispatcher delivers: a turn of a run. @throws ValiError for anything else */
export const parseWork = (delivered: unknown): v.InferOutput<typeof work> => v.parse(work, delivered)

/** What a delivery to a worker comes down to: one turn of one run. Resolves when the turn is over. */
export function createWorker(ports: Ports): (delivered: unknown, options?: ExecuteOptions) => Promise<void> {
  return async (delivered, options) => executeRun(ports, parseWork(delivered), options)
}
