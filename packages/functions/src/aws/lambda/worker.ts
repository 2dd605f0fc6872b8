import { createWorker } from "../../worker/handler.ts"
import { untilSettled } from "../background.ts"
import type { Runtime } from "../runtime.ts"

/** What Lambda says of an invocation, as far as we use it. */
export type LambdaContext = { getRemainingTimeInMillis(): number }

/** One turn of one run; it ends it, or hands it over, before Lambda ends the worker. */
export function createWorkerFunction({
  ports,
  settled,
}: Runtime): (event: unknown, context: LambdaContext) => Promise<void> {
  const worker = createWorker(ports)
  return (event, context) => {
    const deadline = ports.clock.now() + context.getRemainingTimeInMillis()
    return untilSettled({ settled }, () => worker(event, { deadline }))
  }
}
