import { createBedrockAnswers } from "../aws/bedrock.ts"
import { readEnvironment } from "../aws/environment.ts"
import { createWorkerFunction } from "../aws/lambda/worker.ts"
import { createPoolFetch } from "../aws/pool-fetch.ts"
import { openRuntime } from "../aws/runtime.ts"

const environment = readEnvironment(process.env)
export const handler = createWorkerFunction(
  openRuntime(environment, { bedrock: createBedrockAnswers(environment), createPoolFetch }),
)
