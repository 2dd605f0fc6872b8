import { expect } from "vitest"
import { type Graph, type Promised, everyOf, isProduction, oneOf } from "./graph.ts"
import { hasPool } from "./pool-stage.ts"

const apiPaths = ["/api/*", "/v1/*", "/ollama/*", "/health", "/ready"]

type Origin = { originId: string; domainName: string; originAccessControlId?: string; customOriginConfig?: object }
type Behaviour = Record<string, unknown> & { pathPattern: string }
type Distribution = {
  origins: Origin[]
  defaultCacheBehavior: Record<string, unknown>
  orderedCacheBehaviors: Behaviour[]
  customErrorResponses?: unknown
}
/** A metric of an alarm, or what is reckoned with metrics. */
type Query = { metric?: object }
const site = (graph: Graph) => oneOf(graph, "cloudfront/distribution").inputs as Distribution

/** The site, the alarms, and what has a price while nobody chats. */
export const web: Promised[] = [
  {
    name: "the API's paths go to the function as they are: not cached, not compressed, with all but the host",
    check(graph) {
      const behaviours = site(graph).orderedCacheBehaviors
      expect(behaviours.map(({ pathPattern }) => pathPattern)).toEqual(apiPaths)
      for (const behaviour of behaviours) {
        expect(behaviour).toMatchObject({
          targetOriginId: "api",
          compress: false,
          viewerProtocolPolicy: "https-only",
          cachePolicyId: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad", // CachingDisabled
          originRequestPolicyId: "b689b0a8-53d0-40ab-baf2-68738e2966ac", // AllViewerExceptHostHeader
        })
        expect((behaviour["allowedMethods"] as string[]).toSorted()).toEqual([
          "DELETE",
          "GET",
          "HEAD",
          "OPTIONS",
          "PATCH",
          "POST",
          "PUT",
        ])
        expect(behaviour["functionAssociations"]).toEqual([
          { eventType: "viewer-request", functionArn: expect.stringMatching(/\bHost-name$/) as string },
        ])
      }
    },
  },
  {
    name: "the API streams from its function's address, which waits a minute between two bytes",
    check(graph) {
      expect(oneOf(graph, "lambda/functionUrl").inputs).toMatchObject({
        functionName: `omnichat-${graph.stage}-api`,
        authorizationType: "NONE",
        invokeMode: "RESPONSE_STREAM",
      })
      expect(oneOf(graph, "lambda/functionUrl").inputs["cors"]).toBeUndefined()
      expect(site(graph).origins.find(({ originId }) => originId === "api")).toMatchObject({
        domainName: "apiurl.lambda-url.us-east-1.on.aws",
        customOriginConfig: {
          originProtocolPolicy: "https-only",
          originSslProtocols: ["TLSv1.2"],
          originReadTimeout: 60,
        },
      })
    },
  },
  {
    name: "the page comes from its bucket, compressed and with its headers; only there an address may become the page",
    check(graph) {
      const { defaultCacheBehavior, origins, customErrorResponses } = site(graph)
      expect(defaultCacheBehavior).toMatchObject({
        targetOriginId: "web",
        allowedMethods: ["GET", "HEAD"],
        compress: true,
        viewerProtocolPolicy: "redirect-to-https",
        cachePolicyId: "658327ea-f89d-4fab-a63d-7e88639e58f6", // CachingOptimized
        responseHeadersPolicyId: "PageHeaders-id",
        functionAssociations: [
          { eventType: "viewer-request", functionArn: expect.stringMatching(/\bPage-name$/) as string },
        ],
      })
      expect(origins.find(({ originId }) => originId === "web")).toMatchObject({
        domainName: "webbucket.s3.us-east-1.amazonaws.com",
        originAccessControlId: "WebAccess-id",
      })
      // They would replace what the API answers.
      expect(customErrorResponses).toBeUndefined()
    },
  },
  {
    name: "assets are kept for good, all else is asked for each time, and the page comes after what it names",
    check(graph) {
      const files = everyOf(graph, "s3/bucketObjectv2").filter(({ inputs }) => inputs["bucket"] === "webbucket")
      const found = files.map(({ inputs }) =>
        [inputs["key"], inputs["cacheControl"], inputs["contentType"]].join(" | "),
      )
      expect(found.sort()).toEqual([
        "assets/app-1a2b3c4d.js | public, max-age=31536000, immutable | text/javascript; charset=utf-8",
        "favicon.svg | no-cache | image/svg+xml",
        "index.html | no-cache | text/html; charset=utf-8",
      ])
      const kept = files.filter(({ retainOnDelete }) => retainOnDelete).map(({ inputs }) => inputs["key"])
      expect(kept).toEqual(["assets/app-1a2b3c4d.js"])
    },
  },
  {
    name: "every visit stays encrypted for a year",
    check: (graph) =>
      expect(oneOf(graph, "cloudfront/responseHeadersPolicy").inputs["securityHeadersConfig"]).toMatchObject({
        strictTransportSecurity: { accessControlMaxAgeSec: 31_536_000, override: true },
      }),
  },
  {
    name: "alarms in production, fewer than the ten that are free, and each is told to somebody",
    check(graph) {
      const alarms = everyOf(graph, "cloudwatch/metricAlarm")
      if (!isProduction(graph)) return expect(alarms).toEqual([])
      // An alarm of two metrics counts twice.
      const metrics = alarms.flatMap(
        ({ inputs }) => (inputs["metricQueries"] as Query[] | undefined) ?? [{ metric: {} }],
      )
      expect(metrics.filter(({ metric }) => metric !== undefined).length).toBeLessThanOrEqual(9)
      const watched = alarms.map(({ inputs }) => {
        const dimensions = Object.values((inputs["dimensions"] ?? {}) as Record<string, string>)
        return [inputs["metricName"], ...dimensions, inputs["extendedStatistic"]].filter(Boolean).join(" ")
      })
      const name = (of: string) => `omnichat-production-${of}`
      expect(watched.sort()).toEqual(
        [
          ...(hasPool(graph)
            ? ["Errors", "StartsFailed", `GroupInServiceInstances ${name("pool")}`]
            : ["api", "authorizer", "closer", "schedule", "socket", "worker"].map((each) => `Errors ${name(each)}`)),
          "Throttles",
          `ApproximateNumberOfMessagesVisible ${name("dead-letters")}`,
          `Duration ${name("socket")} p99`,
        ].sort(),
      )
      for (const { inputs } of alarms) {
        expect(inputs["alarmActions"]).toEqual([`arn:aws:sns:us-east-1:123456789012:${name("alarms")}`])
        expect(inputs["treatMissingData"]).toBe("notBreaching")
      }
      expect(oneOf(graph, "sns/topicSubscription").inputs).toMatchObject({
        protocol: "email",
        endpoint: "operator@example.com",
      })
      expect(oneOf(graph, "budgets/budget").inputs).toMatchObject({
        limitAmount: "20",
        limitUnit: "USD",
        timeUnit: "MONTHLY",
        notifications: [
          { notificationType: "ACTUAL", subscriberEmailAddresses: ["operator@example.com"] },
          { notificationType: "FORECASTED", subscriberEmailAddresses: ["operator@example.com"] },
        ],
      })
    },
  },
  {
    name: "one dashboard in production, of no more metrics than are free",
    check(graph) {
      const boards = everyOf(graph, "cloudwatch/dashboard")
      expect(boards.length).toBe(isProduction(graph) ? 1 : 0)
      for (const { inputs } of boards) {
        const { widgets } = JSON.parse(String(inputs["dashboardBody"])) as {
          widgets: { properties: { metrics: unknown[]; region: string } }[]
        }
        expect(widgets.length).toBeGreaterThan(5)
        expect(widgets.flatMap(({ properties }) => properties.metrics).length).toBeLessThanOrEqual(50)
      }
    },
  },
]
