import { ApiGatewayManagementApiClient } from "@aws-sdk/client-apigatewaymanagementapi"
import { DynamoDBClient } from "@aws-sdk/client-dynamodb"
import { LambdaClient } from "@aws-sdk/client-lambda"
import { S3Client } from "@aws-sdk/client-s3"
import { aliasProvider } from "@omnichat/core/model/aliases"
import { createCatalogue } from "@omnichat/core/model/catalogue"
import type { Catalogue } from "@omnichat/core/model/catalogue"
import type { ModelProvider } from "@omnichat/core/model/provider"
import type { PoolPorts } from "@omnichat/core/pool/ports"
import type { Ports } from "@omnichat/core/ports"
import { bedrockProvider } from "@omnichat/core/provider/bedrock/provider"
import type { BedrockOptions } from "@omnichat/core/provider/bedrock/provider"
import { demoProvider } from "@omnichat/core/provider/demo/provider"
import { openaiProvider } from "@omnichat/core/provider/openai/provider"
import { defaultRunSettings } from "@omnichat/core/run/settings"
import { createLog } from "../log.ts"
import { collectWork } from "./background.ts"
import type { PendingWork } from "./background.ts"
import { createWallClock } from "./clock.ts"
import { gatewayConnections } from "./connections.ts"
import { lambdaDispatcher } from "./dispatch.ts"
import { dynamoTable } from "./dynamo.ts"
import type { Environment } from "./environment.ts"
import type { createPoolFetch } from "./pool-fetch.ts"
import { openPool } from "./pool-runtime.ts"
import { noMetrics, noWake } from "./quiet-ports.ts"
import { s3Blobs } from "./s3-blobs.ts"
import type { Presigner } from "./s3-presigner.ts"
import { sharedModels } from "./shared-models.ts"

/** Every port on AWS, and what a function has to do before it ends. */
export type Runtime = Pick<PendingWork, "settled"> & {
  ports: Ports
  catalogue: Catalogue
  /** Where the stage has GPU servers. */
  pool?: PoolPorts
}

/** What one function needs and others shall not carry. */
export type Parts = {
  /** Where Bedrock's models are asked. */
  bedrock?: BedrockAnswers
  /** The way to the servers of the pool. */
  createPoolFetch?: typeof createPoolFetch
  /** Where addresses for uploads and downloads are given. */
  createPresigner?: (client: S3Client, bucket: string) => Presigner
}

/**
 * Opens no connection: the clients do at their first call. What hangs is given up and tried again while the caller can
 * still wait: a lease is renewed every 5 s. In milliseconds.
 */
const limits = {
  table: { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true },
  blobs: { connectionTimeout: 1000, requestTimeout: 15_000, throwOnRequestTimeout: true },
  dispatch: { connectionTimeout: 1000, requestTimeout: 5000, throwOnRequestTimeout: true },
  connections: { connectionTimeout: 1000 },
  // A model may be silent for minutes.
  servers: { connectionTimeout: 1000 },
}

export function openRuntime(environment: Environment, parts: Parts = {}): Runtime {
  const { region, bucketName: bucket } = environment
  const clock = createWallClock()
  const log = createLog(environment.logLevel, (line) => process.stdout.write(line))
  const work = collectWork()
  const s3 = new S3Client({
    region,
    requestHandler: limits.blobs,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  })
  const presigner = parts.createPresigner?.(s3, bucket)
  const table = dynamoTable({
    client: new DynamoDBClient({ region, requestHandler: limits.table }),
    tableName: environment.tableName,
    now: clock.now,
  })
  const lambda = new LambdaClient({ region, requestHandler: limits.dispatch })
  const { pool: poolSettings } = environment
  const pool =
    poolSettings &&
    openPool(poolSettings, {
      ports: { table, clock, log, metrics: noMetrics, wake: noWake },
      lambda,
      fetchFrom: parts.createPoolFetch?.({
        lambda: new LambdaClient({ region, maxAttempts: 1, requestHandler: limits.servers }),
        functionName: poolSettings.proxyFunction,
        table,
        clock,
      }),
      models: () => catalogue,
    })
  const catalogue = createModels(environment, { table, clock, log }, parts.bedrock ?? noModels, pool?.provider)
  const ports: Ports = {
    table,
    clock,
    wake: noWake,
    connections: gatewayConnections({
      client: new ApiGatewayManagementApiClient({
        region,
        endpoint: environment.socketEndpoint,
        maxAttempts: 1,
        requestHandler: limits.connections,
      }),
      clock,
    }),
    dispatcher: lambdaDispatcher({
      client: lambda,
      workerFunction: environment.workerFunction,
    }),
    blobs: s3Blobs({ client: s3, bucket, ...(presigner !== undefined && { presigner }) }),
    models: catalogue,
    log,
    metrics: noMetrics,
    runSettings: defaultRunSettings,
    background: work.background,
  }
  return { ports, catalogue, settled: work.settled, ...(pool !== undefined && { pool: pool.ports }) }
}

function createModels(
  { bedrock, openai, aliases }: Environment,
  { table, clock, log }: Pick<Ports, "table" | "clock" | "log">,
  answers: BedrockAnswers,
  pooled: ModelProvider | undefined,
): Catalogue {
  const sources = [
    ...(aliases.length === 0
      ? []
      : [
          aliasProvider(
            () => aliases,
            () => catalogue,
          ),
        ]),
    ...(pooled === undefined ? [] : [pooled]),
    ...("models" in bedrock && bedrock.models.length === 0
      ? []
      : [
          bedrockProvider({
            models: "models" in bedrock ? bedrock.models : sharedModels(table, clock),
            ...answers,
            patience: { clock },
            onFallback: (from, to) => log.info("model-fallback", { from, to }),
          }),
        ]),
    ...(openai === undefined ? [] : [openaiProvider({ ...openai, fetch })]),
  ]
  const catalogue = createCatalogue({
    sources: () => sources,
    demo: { provider: demoProvider({ clock }), forced: () => false },
    clock,
    log,
  })
  return catalogue
}

type BedrockAnswers = Pick<BedrockOptions, "converse" | "converseStream">

/** For functions that only say which models there are. */
const noModels: BedrockAnswers = {
  converseStream() {
    throw new Error("this function was not made to ask models")
  },
}
