import { readLogLevel, serverUrl } from "../aws/environment.ts"
import { reader, text } from "../aws/variables.ts"
import type { Kind, Variables } from "../aws/variables.ts"
import type { LogLevel } from "../log.ts"

/** For the agent on a server of the pool. */
export type NodeEnvironment = {
  logLevel: LogLevel
  region: string
  tableName: string
  /** How the agent reaches its Ollama. */
  ollamaUrl: string
  /** How many answers of one model it gives at once, as its Ollama is set up. */
  parallel?: number
  dollarsPerHour?: number
  /** Where the machine is told what it is, if not where EC2 has it. */
  metadataUrl: string
}

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html */
const metadataOfEc2 = "http://169.254.169.254"

/** @throws TypeError naming the variable, its value and what would be right */
export function readNodeEnvironment(variables: Variables): NodeEnvironment {
  const read = reader(variables)
  const parallel = read.optional("POOL_PARALLEL", count)
  const dollarsPerHour = read.optional("POOL_DOLLARS_PER_HOUR", dollars)
  return {
    logLevel: readLogLevel(variables),
    region: read.required("AWS_REGION", text),
    tableName: read.required("TABLE_NAME", text),
    ollamaUrl: read.optional("OLLAMA_URL", serverUrl) ?? "http://127.0.0.1:11434",
    // The name is the SDK's, which takes the role's credentials from there.
    metadataUrl: read.optional("AWS_EC2_METADATA_SERVICE_ENDPOINT", serverUrl) ?? metadataOfEc2,
    ...(parallel !== undefined && { parallel }),
    ...(dollarsPerHour !== undefined && { dollarsPerHour }),
  }
}

const count: Kind<number> = {
  expected: "a whole number from 1 to 64",
  parse: (text) => (/^\d{1,2}$/.test(text) && Number(text) >= 1 && Number(text) <= 64 ? Number(text) : undefined),
}
const dollars: Kind<number> = {
  expected: "dollars such as 0.526",
  parse: (text) => (/^\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined),
}
