import { readEnvironment } from "../aws/environment.ts"
import { createSocketFunction } from "../aws/lambda/socket.ts"
import { openRuntime } from "../aws/runtime.ts"

export const handler = createSocketFunction(openRuntime(readEnvironment(process.env)))
