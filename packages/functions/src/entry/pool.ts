import { AutoScalingClient } from "@aws-sdk/client-auto-scaling"
import { readEnvironment } from "../aws/environment.ts"
import { createPoolFunction } from "../aws/lambda/pool.ts"
import { autoScaler } from "../aws/pool-scaler.ts"
import { openRuntime } from "../aws/runtime.ts"

const environment = readEnvironment(process.env)
const client = new AutoScalingClient({
  region: environment.region,
  requestHandler: { connectionTimeout: 1000, requestTimeout: 5000, throwOnRequestTimeout: true },
})
export const handler = createPoolFunction(
  openRuntime(environment),
  autoScaler({ client, group: environment.pool?.group ?? "" }),
)
