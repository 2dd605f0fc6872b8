import { createBedrockModels } from "../aws/bedrock.ts"
import { readEnvironment } from "../aws/environment.ts"
import { createScheduleFunction } from "../aws/lambda/schedule.ts"
import { openRuntime } from "../aws/runtime.ts"

const environment = readEnvironment(process.env)
const { region, bedrock } = environment
const acrossTheWorld = "live" in bedrock && bedrock.allow?.some((id) => id.startsWith("global.")) === true
const listModels = "live" in bedrock ? createBedrockModels({ region, acrossTheWorld, ...bedrock }) : undefined
export const handler = createScheduleFunction(openRuntime(environment), listModels)
