import { readEnvironment, readSiteEnvironment } from "../aws/environment.ts"
import { createApiFunction } from "../aws/lambda/api.ts"
import { lambdaStreaming } from "../aws/lambda/streaming.ts"
import { openRuntime } from "../aws/runtime.ts"
import { createPresigner } from "../aws/s3-presigner.ts"
import { issuerTokens } from "../aws/tokens.ts"

const site = readSiteEnvironment(process.env)
const runtime = openRuntime(readEnvironment(process.env), { createPresigner })
const lambda = lambdaStreaming()
export const handler = lambda.streamifyResponse(createApiFunction(runtime, issuerTokens(site), site, lambda))
