import * as v from "valibot"
import { createCloser } from "../../worker/closer.ts"
import { untilSettled } from "../background.ts"
import type { Runtime } from "../runtime.ts"

/** What Lambda sends to the destination of a failed asynchronous invocation
 * (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html). */
const record = v.object({ requestPayload: v.unknown() })

/** Ends the run whose worker could not be called, or failed each time. */
export function createCloserFunction({ ports, settled }: Runtime): (event: unknown) => Promise<void> {
  const closer = createCloser(ports)
  return (event) => untilSettled({ settled }, () => closer(v.parse(record, event).requestPayload))
}
