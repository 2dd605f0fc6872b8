import { readEnvironment } from "../aws/environment.ts"
import { createCloserFunction } from "../aws/lambda/closer.ts"
import { openRuntime } from "../aws/runtime.ts"

export const handler = createCloserFunction(openRuntime(readEnvironment(process.env)))
