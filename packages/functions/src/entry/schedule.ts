import { createBedrock } from "../aws/bedrock.ts"
import { readEnvironment } from "../aws/environment.ts"
import { createScheduleFunction } from "../aws/lambda/schedule.ts"
import { openRuntime } from "../aws/runtime.ts"

const environment = readEnvironment(process.env)
const { region, bedrock } = environment
const listModels = "live" in bedrock ? createBedrock({ region, ...bedrock }).models : undefined
export const handler = createScheduleFunction(openRuntime(environment), listModels)
