import { readLogLevel } from "./environment.ts"
import type { LogLevel } from "../log.ts"
import { parseNetwork } from "./pool-address.ts"
import type { Network } from "./pool-address.ts"
import { reader, text } from "./variables.ts"
import type { Kind, Variables } from "./variables.ts"

/** For the function between the pool's servers and the rest. */
export type ProxyEnvironment = {
  logLevel: LogLevel
  region: string
  tableName: string
  /** Where the pool's servers are, and the port of their Ollama. Nothing else is called. */
  network: Network
  port: number
}

/** Where Ollama listens unless it is told otherwise. */
const ollamaPort = 11_434

/** @throws TypeError naming the variable, its value and what would be right */
export function readProxyEnvironment(variables: Variables): ProxyEnvironment {
  const read = reader(variables)
  return {
    logLevel: readLogLevel(variables),
    region: read.required("AWS_REGION", text),
    tableName: read.required("TABLE_NAME", text),
    network: read.required("POOL_NETWORK", network),
    port: read.optional("POOL_PORT", port) ?? ollamaPort,
  }
}

const network: Kind<Network> = {
  expected: "the private addresses of the pool's servers such as 10.0.0.0/16",
  parse: parseNetwork,
}
const port: Kind<number> = {
  expected: "a port such as 11434",
  parse: (text) => (/^\d{1,5}$/.test(text) && Number(text) > 0 && Number(text) < 65_536 ? Number(text) : undefined),
}
