import { readLogLevel, readTokenEnvironment } from "../aws/environment.ts"
import { createAuthorizer } from "../aws/lambda/authorizer.ts"
import { issuerTokens } from "../aws/tokens.ts"
import { createLog } from "../log.ts"

const log = createLog(readLogLevel(process.env), (line) => process.stdout.write(line))
export const handler = createAuthorizer(issuerTokens(readTokenEnvironment(process.env)), log)
