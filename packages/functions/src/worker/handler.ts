import type { Ports } from "@omnichat/core/ports"
import { runId } from "@omnichat/core/protocol/id"
import { executeRun } from "@omnichat/core/run/execute"
import type { ExecuteOptions } from "@omnichat/core/run/execute"
import * as v from "valibot"

const work = v.object({ runId, turn: v.pipe(v.number(), v.safeInteger(), v.minValue(0)) })

/** What a dispatcher's delivery comes down to: one turn of one run. Resolves when the turn is over. */
export function createWorker(ports: Ports, options: ExecuteOptions = {}): (delivered: unknown) => Promise<void> {
  return async (delivered) => executeRun(ports, v.parse(work, delivered), options)
}
