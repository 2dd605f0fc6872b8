import { DynamoDBClient } from "@aws-sdk/client-dynamodb"
import { describe } from "@omnichat/core/log"
import { createAgent } from "@omnichat/core/pool/agent/agent"
import type { Clock } from "@omnichat/core/store/clock"
import { fromInstanceMetadata } from "@smithy/credential-provider-imds"
import { dynamoTable } from "../aws/dynamo.ts"
import { createHttpFetch } from "../http-fetch.ts"
import { createLog } from "../log.ts"
import { timers } from "../timers.ts"
import { readNodeEnvironment } from "./environment.ts"
import { askDriver } from "./gpu.ts"
import { createHost } from "./host.ts"
import { createMetadata, readIdentity } from "./metadata.ts"

/** The program on a GPU server: speaks for its Ollama until it is told to end (SIGTERM). */

const environment = readNodeEnvironment(process.env)
const log = createLog(environment.logLevel, (line) => process.stdout.write(line))
/** A clock that is set while we run moves nothing. */
const clock: Clock = { ...timers, now: () => performance.timeOrigin + performance.now() }
const limits = { connectionTimeout: 2000, requestTimeout: 5000, throwOnRequestTimeout: true }

const ending = new AbortController()
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => ending.abort())
// No timer of ours keeps a process alive.
const awake = setInterval(() => {}, 2 ** 30)

try {
  const metadata = createMetadata(environment.metadataUrl)
  const { nodeId, ip, instanceType } = await readIdentity(metadata)
  const { region, tableName, ollamaUrl: baseUrl, parallel, dollarsPerHour } = environment
  const address = `http://${ip}:${new URL(baseUrl).port || "80"}`
  const credentials = fromInstanceMetadata({ timeout: 2000, maxRetries: 3 })
  const client = new DynamoDBClient({ region, credentials, requestHandler: limits })
  const facts = {
    ...(parallel !== undefined && { parallel }),
    ...(dollarsPerHour !== undefined && { dollarsPerHour }),
  }
  const agent = createAgent({
    nodeId,
    address,
    table: dynamoTable({ client, tableName, now: Date.now }),
    clock,
    log,
    ollama: { baseUrl, fetch: createHttpFetch({ connectMs: 3000, probeMs: 10_000, keepsConnections: false }) },
    host: createHost({ metadata, askDriver, clock, log, facts }),
    // What is wanted of it is seen with a report: somebody waits for that.
    settings: { beatEvery: 2000 },
  })
  log.info("agent-started", { nodeId, address, instanceType })
  await agent.run(ending.signal)
  client.destroy()
  log.info("agent-ended", { nodeId })
} catch (thrown) {
  // Whoever watches over it (systemd) starts it again.
  log.error("agent-failed", { error: describe(thrown) })
  process.exitCode = 1
} finally {
  clearInterval(awake)
}
