import { startOnThisMachine } from "./runtime-local.ts"
import type { Runtime, RuntimeOptions } from "./runtime-port.ts"

/** Which runtime the scenarios are held against; some sentences of the page speak of one only. */
export const runtimeKind: "local" | "aws" = "local"

export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  return startOnThisMachine(options)
}
