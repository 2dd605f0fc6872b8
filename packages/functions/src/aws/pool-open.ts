import { DynamoDBClient } from "@aws-sdk/client-dynamodb"
import { createHttpFetch } from "../http-fetch.ts"
import { createLog } from "../log.ts"
import { createWallClock } from "./clock.ts"
import { dynamoTable } from "./dynamo.ts"
import type { PoolProxyOptions } from "./lambda/pool-proxy.ts"
import type { ProxyEnvironment } from "./pool-environment.ts"

/** What hangs is given up while the caller still waits. In milliseconds. */
const limits = { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true }

/** What the proxy needs; it opens no connection. */
export function openProxy({ region, tableName, logLevel, network, port }: ProxyEnvironment): PoolProxyOptions {
  const clock = createWallClock()
  const client = new DynamoDBClient({ region, requestHandler: limits })
  return {
    table: dynamoTable({ client, tableName, now: clock.now }),
    clock,
    log: createLog(logLevel, (line) => process.stdout.write(line)),
    // A connection of its own for each call, and none that a machine which is gone would hold.
    fetch: createHttpFetch({ connectMs: 3000, probeMs: 10_000, keepsConnections: false }),
    network,
    port,
  }
}
