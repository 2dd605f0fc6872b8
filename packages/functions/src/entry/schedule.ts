import { readEnvironment } from "../aws/environment.ts"
import { createScheduleFunction } from "../aws/lambda/schedule.ts"
import { openRuntime } from "../aws/runtime.ts"

export const handler = createScheduleFunction(openRuntime(readEnvironment(process.env)))
