import { readEnvironment, readSiteEnvironment, readTokenEnvironment } from "@omnichat/functions/aws/environment"
import { expect } from "vitest"
import { hasPool } from "./pool-stage.ts"
import { type Promised, everyOf, functionsOf, isProduction, oneOf, variablesOf } from "./graph.ts"

const everywhere = ["STAGE", "LOG_LEVEL", "TOKEN_ISSUER", "TOKEN_CLIENT_ID"]
const withStore = [
  ...everywhere,
  "TABLE_NAME",
  "BUCKET_NAME",
  "SOCKET_URL",
  "SOCKET_ENDPOINT",
  "WORKER_FUNCTION",
  "BEDROCK_MODELS",
]
/** What they are told where there is a pool. */
const ofPool = [
  "POOL_FUNCTION",
  "POOL_PROXY_FUNCTION",
  "POOL_GROUP",
  "POOL_MOST",
  "POOL_MODELS",
  "POOL_IDLE_MINUTES",
  "POOL_PARALLEL",
  "POOL_START_SECONDS",
  "POOL_DOLLARS_PER_HOUR",
]
/** SST's own; the key opens a file of links that we do not use. */
const ofSst = ["SST_KEY", "SST_KEY_FILE", "SST_RESOURCE_App"]

/** The functions, the socket and the sweep. */
export const functions: Promised[] = [
  {
    name: "every function runs the bundle that was tested, on the processor and the Node that it was built for",
    check(graph) {
      const names = [...functionsOf(graph).keys()].sort()
      const withPool = hasPool(graph) ? ["pool", "pool-proxy"] : []
      expect(names).toEqual(["api", "authorizer", "closer", ...withPool, "schedule", "socket", "worker"])
      for (const [name, { inputs }] of functionsOf(graph)) {
        expect(inputs).toMatchObject({
          name: `omnichat-${graph.stage}-${name}`,
          handler: "index.handler",
          runtime: "nodejs24.x",
          architectures: ["arm64"],
          packageType: "Zip",
        })
        // It would have a price while nobody chats, and needs what an account that is new does not have.
        expect(inputs).not.toHaveProperty("reservedConcurrentExecutions")
        expect(inputs).not.toHaveProperty("layers")
        // What is in a network reaches neither connections nor models.
        if (name !== "pool-proxy") expect(inputs).not.toHaveProperty("vpcConfig")
      }
      expect(everyOf(graph, "lambda/provisionedConcurrencyConfig")).toEqual([])
    },
  },
  {
    name: "each has the time it needs",
    check(graph) {
      const times = [...functionsOf(graph)].map(([name, { inputs }]) => [name, inputs["timeout"]])
      expect(Object.fromEntries(times)).toEqual({
        authorizer: 10,
        socket: 60,
        api: 900,
        worker: 900,
        closer: 60,
        schedule: 60,
        ...(hasPool(graph) && { pool: 900, "pool-proxy": 900 }),
      })
    },
  },
  {
    name: "each is told what it needs, the authorizer no more than whose tokens are good",
    check(graph) {
      for (const [name, made] of functionsOf(graph)) {
        const variables = variablesOf(made)
        const fallback = "POOL_FALLBACK" in variables ? ["POOL_FALLBACK", "POOL_MAX_WAIT_SECONDS"] : []
        const aliases = "MODEL_ALIASES" in variables ? ["MODEL_ALIASES"] : []
        const shared = [...withStore, ...aliases, ...(hasPool(graph) ? [...ofPool, ...fallback] : [])]
        const own: Record<string, string[]> = {
          authorizer: everywhere,
          api: [...shared, "SIGN_OUT_URL"],
          "pool-proxy": ["STAGE", "LOG_LEVEL", "TABLE_NAME", "POOL_NETWORK", "POOL_PORT"],
        }
        const expected = own[name] ?? shared
        expect([name, Object.keys(variables).sort()]).toEqual([name, [...expected, ...ofSst].sort()])
        expect(Buffer.byteLength(JSON.stringify(variables)), "AWS allows 4 KB").toBeLessThan(4000)
        expect(Object.values(variables)).not.toContain("[output]")
      }
    },
  },
  {
    name: "what they are told is how the others are reached",
    check(graph) {
      const variables = variablesOf(oneOf(graph, "lambda/function", "Api"))
      expect(variables).toMatchObject({
        TABLE_NAME: oneOf(graph, "dynamodb/table").inputs["name"],
        SOCKET_URL: "wss://connectionsapi.execute-api.us-east-1.amazonaws.com/socket",
        SOCKET_ENDPOINT: "https://connectionsapi.execute-api.us-east-1.amazonaws.com/socket",
        WORKER_FUNCTION: `omnichat-${graph.stage}-worker`,
        TOKEN_ISSUER: "https://cognito-idp.us-east-1.amazonaws.com/UsersUserPool-id",
        TOKEN_CLIENT_ID: "WebClient-id",
      })
      const domain = String(oneOf(graph, "cognito/userPoolDomain").inputs["domain"])
      expect(variables["SIGN_OUT_URL"]).toBe(
        `https://${domain}.auth.us-east-1.amazoncognito.com/logout?client_id=WebClient-id`,
      )
    },
  },
  {
    name: "and they understand it",
    check(graph) {
      for (const [name, made] of functionsOf(graph)) {
        if (name === "pool-proxy") continue
        const variables = variablesOf(made)
        const inLambda = { ...variables, AWS_REGION: "us-east-1" }
        expect(() => readTokenEnvironment(inLambda)).not.toThrow()
        if (name !== "authorizer") expect(() => readEnvironment(inLambda)).not.toThrow()
        if (name === "api") expect(readSiteEnvironment(inLambda).signOutUrl).toContain("/logout?client_id=")
      }
    },
  },
  {
    name: "a function's log is JSON, in a group of its own that ends",
    check(graph) {
      const days = isProduction(graph) ? 90 : 7
      const groups = new Map(everyOf(graph, "cloudwatch/logGroup").map(({ inputs }) => [inputs["name"], inputs]))
      for (const { inputs } of functionsOf(graph).values()) {
        const { logFormat, logGroup } = inputs["loggingConfig"] as { logFormat: string; logGroup: string }
        expect(logFormat).toBe("JSON")
        expect(groups.get(logGroup)).toMatchObject({ retentionInDays: days })
      }
      expect([...groups.values()].map(({ retentionInDays }) => retentionInDays)).toEqual(
        groups.size === functionsOf(graph).size + 1 ? Array(groups.size).fill(days) : "one for each, and the gateway's",
      )
    },
  },
  {
    name: "what nobody waits for is tried again for a bounded time, and goes where it is noticed",
    check(graph) {
      const found = everyOf(graph, "lambda/functionEventInvokeConfig").map(({ inputs }) => [
        String(inputs["functionName"]).split("-").at(-1),
        [inputs["maximumRetryAttempts"], inputs["maximumEventAgeInSeconds"], failureOf(inputs)],
      ])
      const arn = (service: string, name: string) => `arn:aws:${service}:us-east-1:123456789012:${name}`
      expect(Object.fromEntries(found)).toEqual({
        worker: [2, 60, arn("lambda", `function:omnichat-${graph.stage}-closer`)],
        closer: [2, 3600, arn("sqs", `omnichat-${graph.stage}-dead-letters`)],
        schedule: [0, 60, undefined],
        ...(hasPool(graph) && { pool: [2, 60, undefined] }),
      })
      expect(oneOf(graph, "sqs/queue").inputs).toMatchObject({
        sqsManagedSseEnabled: true,
        messageRetentionSeconds: 1_209_600,
      })
      // Somebody who polls a queue has a price while it is empty.
      expect(everyOf(graph, "lambda/eventSourceMapping")).toEqual([])
    },
  },
  {
    name: "who connects is looked at by our authorizer, without an identity source",
    check(graph) {
      expect(oneOf(graph, "apigatewayv2/authorizer").inputs).toMatchObject({
        authorizerType: "REQUEST",
        identitySources: [],
        authorizerUri: expect.stringContaining(`function:omnichat-${graph.stage}-authorizer/invocations`) as string,
      })
      const routes = everyOf(graph, "apigatewayv2/route").map(({ inputs }) => [inputs["routeKey"], inputs])
      expect(Object.fromEntries(routes)).toMatchObject({
        $connect: { authorizationType: "CUSTOM", authorizerId: "ConnectionsAuthorizerTokenAuthorizer-id" },
        $disconnect: { authorizationType: "NONE" },
        $default: { authorizationType: "NONE" },
      })
      expect(routes).toHaveLength(3)
    },
  },
  {
    name: "one function answers on every route, within the gateway's time",
    check(graph) {
      const integrations = everyOf(graph, "apigatewayv2/integration").map(({ inputs }) => inputs)
      expect(integrations).toHaveLength(3)
      for (const inputs of integrations) {
        expect(inputs).toMatchObject({ integrationType: "AWS_PROXY", timeoutMilliseconds: 29_000 })
        expect(inputs["integrationUri"]).toContain(`function:omnichat-${graph.stage}-socket/invocations`)
      }
    },
  },
  {
    name: "the gateway has both limits, a burst of a thousand actions passes, and no header is logged",
    check(graph) {
      expect(oneOf(graph, "apigatewayv2/api").inputs).toMatchObject({
        protocolType: "WEBSOCKET",
        routeSelectionExpression: "$request.body.action",
      })
      const { inputs } = oneOf(graph, "apigatewayv2/stage")
      const limits = inputs["defaultRouteSettings"] as { throttlingRateLimit: number; throttlingBurstLimit: number }
      expect(limits.throttlingRateLimit).toBeGreaterThanOrEqual(100)
      expect(limits.throttlingBurstLimit).toBeGreaterThanOrEqual(1000)
      const { format } = inputs["accessLogSettings"] as { format: string }
      expect(format).not.toMatch(/header|protocol|authorizer|queryString/i)
    },
  },
  {
    name: "the sweep runs every minute, and a minute that failed is not made up for",
    check: (graph) =>
      expect(oneOf(graph, "scheduler/schedule").inputs).toMatchObject({
        scheduleExpression: "rate(1 minute)",
        state: "ENABLED",
        target: {
          arn: `arn:aws:lambda:us-east-1:123456789012:function:omnichat-${graph.stage}-schedule`,
          retryPolicy: { maximumRetryAttempts: 0 },
        },
      }),
  },
]

function failureOf(inputs: Record<string, unknown>): string | undefined {
  const config = inputs["destinationConfig"] as { onFailure?: { destination?: string } } | undefined
  return config?.onFailure?.destination
}
