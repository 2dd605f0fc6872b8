import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { canonicalJson } from "@omnichat/core/json"
import { indexes, keys } from "@omnichat/core/store/keys"
import type { Item, Query, Table } from "@omnichat/core/store/table"
import { parts } from "../../scripts/setup/stamps.mjs"
import { workspaceRoot } from "../../scripts/lib/files.mjs"
import { startFront } from "./aws/front.ts"
import { startGateway } from "./aws/gateway.ts"
import type { Gateway } from "./aws/gateway.ts"
import { region } from "./aws/gateway-event.ts"
import { startGpuPool } from "./aws/gpu-pool.ts"
import type { GpuPool, GpuPoolOptions } from "./aws/gpu-pool.ts"
import { startLambda } from "./aws/lambda.ts"
import type { Lambda } from "./aws/lambda.ts"
import type { FunctionOptions } from "./aws/pool.ts"
import { startCloudUpstream } from "./aws/upstream.ts"
import { startEngine } from "./dynamo-engine.ts"
import { startIssuer } from "./issuer.ts"
import type { Issuer } from "./issuer.ts"
import type { Runtime, RuntimeOptions } from "./runtime-port.ts"
import { startS3StandIn } from "./s3-stand-in.ts"
import { testCredentials } from "./sigv4.ts"

/** The service on AWS: the bundled functions in processes of their own, behind stand-ins that speak AWS's wire. */
export type AwsRuntime = Runtime & {
  lambda: Lambda
  gateway: Gateway
  issuer: Issuer
  sweep(): Promise<void>
  /** The pool, where the options say that there is one; and its machine, started as AWS does. */
  gpu?: GpuPool
  bootGpu(): void
}

export type AwsOptions = RuntimeOptions & {
  /** The worker's waits of minutes take seconds, so that it comes near its 15 minutes in six seconds. */
  hurriedWorker?: boolean
  /** How long messages wait for a function, milliseconds; 29 s, if not given. */
  integrationMs?: number
  /** Puts something before the table: is given its address, and gives its own. */
  beforeTable?: (url: string) => Promise<string>
  /** Before the second and third attempt of a worker, milliseconds. */
  retryDelaysMs?: number[]
  /** GPU servers for Ollama's models. */
  gpu?: GpuPoolOptions
  /** Whose tokens are taken, instead of those that `credentials` gives. */
  issuer?: { url: string; clientId: string; jwksUrl: string }
}

const seconds = 1000
const bucket = "omnichat-files"
const owner = "owner"

export async function startOnAws(options: AwsOptions): Promise<AwsRuntime> {
  const [gpu, engine, s3, issuer, models] = await Promise.all([
    options.gpu && startGpuPool(options.gpu),
    startEngine("extenddb"),
    startS3StandIn(),
    startIssuer(),
    startCloudUpstream(options.models),
  ])
  const tokens = options.issuer ?? { ...issuer, jwksUrl: `${issuer.url}/.well-known/jwks.json` }
  const tableUrl = await engineUrl(engine.client)
  const environment: Record<string, string> = {
    ...models.environment,
    ...gpu?.environment,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: testCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: testCredentials.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: (await options.beforeTable?.(tableUrl)) ?? tableUrl,
    AWS_ENDPOINT_URL_S3: s3.url,
    TABLE_NAME: engine.tableName,
    BUCKET_NAME: bucket,
    WORKER_FUNCTION: "worker",
    TOKEN_ISSUER: tokens.url,
    TOKEN_CLIENT_ID: tokens.clientId,
    TOKEN_JWKS_URL: tokens.jwksUrl,
    LOG_LEVEL: process.env["DEBUG_LEVEL"] ?? "error",
    STAGE: "test",
  }
  const lambda = await startLambda(functionsOf(environment, options))
  const gateway = await startGateway(
    lambda,
    { authorizer: "authorizer", socket: "socket" },
    {
      ...(options.connections?.idle !== undefined && { idleMs: options.connections.idle }),
      ...(options.connections?.life !== undefined && { lifeMs: options.connections.life }),
      ...(options.integrationMs !== undefined && { integrationMs: options.integrationMs }),
    },
  )
  const pageHeaders = headersOfPages([gateway.socketUrl, s3.url, new URL(tokens.url).origin])
  const webFolder = join(workspaceRoot, "packages/web/dist")
  const front = await startFront(lambda, { api: "api", webFolder, pageHeaders })
  Object.assign(environment, {
    SOCKET_URL: gateway.socketUrl,
    SOCKET_ENDPOINT: gateway.endpoint,
    AWS_ENDPOINT_URL_LAMBDA: lambda.url,
    SITE_URL: front.url,
  })
  // So that no test waits for what AWS has before the first person comes.
  await Promise.all(["authorizer", "socket", "api", "worker"].map((name) => lambda.pool(name).warm()))
  const errors = lambda.lines
  const sweep = async () => void (await lambda.invoke("schedule", {}))
  const timer = setInterval(() => lambda.send("schedule", {}), options.sweepEveryMs ?? 3 * seconds)
  return {
    httpUrl: front.url,
    socketUrl: gateway.socketUrl,
    origin: front.url,
    upstream: models.upstream,
    errors,
    lambda,
    gateway,
    issuer,
    sweep,
    ...(gpu !== undefined && { gpu }),
    bootGpu() {
      const { AWS_REGION, TABLE_NAME, AWS_ENDPOINT_URL_DYNAMODB } = environment as Record<string, string>
      gpu?.boot({ AWS_REGION, TABLE_NAME, AWS_ENDPOINT_URL_DYNAMODB } as Record<string, string>)
    },
    credentials: (user = owner) => ({ authorization: `Bearer ${issuer.token(user)}` }),
    listed: () => listed(engine.open(Date.now), owner),
    async restart(_signal, between) {
      await lambda.killAll()
      await between?.()
    },
    async stop() {
      clearInterval(timer)
      models.upstream.release()
      await gateway.close()
      await lambda.close()
      await Promise.all([gpu?.close(), front.close(), models.close(), issuer.close(), s3.close(), engine.close()])
    },
  }
}

/** Asks until the index has what the table has. */
async function listed(table: Table, userId: string): Promise<void> {
  const pk = keys.listEntry(userId, "").pk
  const read = async (query: Omit<Query, "pk">): Promise<string> => {
    const items: Item[] = []
    for (let cursor: string | undefined; ;) {
      const page = await table.query({ pk, ...query, ...(cursor !== undefined && { cursor }) })
      items.push(...page.items.filter((item) => "gsi1pk" in item))
      cursor = page.cursor
      if (cursor === undefined) break
    }
    return canonicalJson(items.sort((one, other) => (one.sk < other.sk ? -1 : 1)))
  }
  const written = () => read({ prefix: keys.listEntry(userId, "").sk, consistent: true })
  const told = () => read({ index: indexes.chats(userId) })
  // both again and again, for something may be written meanwhile
  while ((await written()) !== (await told()));
}

/** As infra has them; `most` is what one machine can bear. */
function functionsOf(
  environment: Record<string, string>,
  { hurriedWorker = false, retryDelaysMs = [1 * seconds, 2 * seconds] }: AwsOptions,
): Record<string, FunctionOptions> {
  const make = (name: string, timeoutMs: number, most: number): FunctionOptions => ({
    folder: join(workspaceRoot, parts.functions.into, name),
    environment,
    timeoutMs,
    most,
  })
  const retry = { maximumAgeMs: 60 * seconds, delaysMs: retryDelaysMs }
  return {
    authorizer: make("authorizer", 10 * seconds, 2),
    socket: make("socket", 60 * seconds, 8),
    api: make("api", 900 * seconds, 16),
    worker: {
      ...make("worker", 900 * seconds, 24),
      ...(hurriedWorker && { preload: fileURLToPath(new URL("aws/hurry.mjs", import.meta.url)) }),
      retry: { ...retry, onFailure: "closer" },
    },
    closer: { ...make("closer", 60 * seconds, 2), retry },
    schedule: make("schedule", 60 * seconds, 1),
    pool: { ...make("pool", 900 * seconds, 2), retry },
    "pool-proxy": make("pool-proxy", 900 * seconds, 8),
  }
}

async function engineUrl({ config }: { config: object }): Promise<string> {
  const { endpoint } = config as { endpoint?: () => Promise<{ protocol: string; hostname: string; port?: number }> }
  const found = await endpoint?.()
  if (found === undefined) throw new Error("the engine's client does not say where it is")
  return `${found.protocol}//${found.hostname}:${found.port}`
}

/** As infra/header.ts has them. */
function headersOfPages(connections: string[]): Record<string, string> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob: https: http:",
    "font-src 'self'",
    `connect-src ${["'self'", ...connections].join(" ")}`,
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]
  return {
    "content-security-policy": policy.join("; "),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
  }
}
