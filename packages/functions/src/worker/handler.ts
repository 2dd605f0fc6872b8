import type { Ports } from "@omnichat/core/ports"
import { runId } from "@omnichat/core/protocol/id"
import { executeRun } from "@omnichat/core/run/execute"
import type { ExecuteOptions } from "@omnichat/core/run/execute"
import * as v from "valibot"

const work = v.object({ runId, turn: v.pipe(v.number(), v.safeInteger(), v.minValue(0)) })

/** What a dispatcher delivers: a turn of a run. @throws ValiError for anything else */
export const parseWork = (delivered: unknown): v.InferOutput<typeof work> => v.parse(work, delivered)

/**
 * What a dispatcher's delivery comes down to: one turn of one run. Resolves when the turn is over. The options of a
 * delivery go before those of the worker.
 */
export function createWorker(
  ports: Ports,
  options: ExecuteOptions = {},
): (delivered: unknown, ownOptions?: ExecuteOptions) => Promise<void> {
  return async (delivered, ownOptions) => executeRun(ports, parseWork(delivered), { ...options, ...ownOptions })
}
