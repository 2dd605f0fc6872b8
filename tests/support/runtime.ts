import { inject } from "vitest"
import type { Runtime, RuntimeOptions } from "./runtime-port.ts"

declare module "vitest" {
  interface ProvidedContext {
    /** Said by the projects of vitest.config.ts. */
    runtime: "local" | "aws"
  }
}

/** Which runtime the scenarios are held against; some sentences of the page speak of one only. */
export const runtimeKind = inject("runtime")

/** The id of the model `echo`, which is in every runtime and repeats what it was asked. */
export const echoModel = runtimeKind === "local" ? "ollama/echo:latest" : "bedrock/echo"

export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  if (runtimeKind === "local") return (await import("./runtime-local.ts")).startOnThisMachine(options)
  return (await import("./runtime-aws.ts")).startOnAws(options)
}
