import { createPoolProxy } from "../aws/lambda/pool-proxy.ts"
import { lambdaStreaming } from "../aws/lambda/streaming.ts"
import { readProxyEnvironment } from "../aws/pool-environment.ts"
import { openProxy } from "../aws/pool-open.ts"

const lambda = lambdaStreaming()
export const handler = lambda.streamifyResponse(createPoolProxy(openProxy(readProxyEnvironment(process.env))))
