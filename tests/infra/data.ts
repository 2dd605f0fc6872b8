import { expect } from "vitest"
import { type Graph, type Promised, everyOf, isProduction, oneOf, statementsIn } from "./graph.ts"

/** The table and the bucket. */
export const data: Promised[] = [
  {
    name: "the table is paid by use and can be brought back to any second of the last weeks",
    check(graph) {
      const { inputs } = table(graph)
      expect(inputs).toMatchObject({ billingMode: "PAY_PER_REQUEST", pointInTimeRecovery: { enabled: true } })
      expect(inputs).not.toHaveProperty("readCapacity")
    },
  },
  {
    name: "the table has the keys and the index that the adapter asks for, and every key is declared",
    check(graph) {
      const { inputs } = table(graph)
      expect(inputs).toMatchObject({
        hashKey: "pk",
        rangeKey: "sk",
        ttl: { attributeName: "expiresAt", enabled: true },
      })
      expect(inputs["globalSecondaryIndexes"]).toEqual([
        { name: "gsi1", hashKey: "gsi1pk", rangeKey: "gsi1sk", projectionType: "ALL" },
      ])
      const declared = (inputs["attributes"] as { name: string; type: string }[]).map(({ name, type }) => name + type)
      expect(declared).toEqual(["pkS", "skS", "gsi1pkS", "gsi1skS"])
    },
  },
  {
    name: "the table's changes can be followed",
    check: (graph) =>
      expect(table(graph).inputs).toMatchObject({ streamEnabled: true, streamViewType: "NEW_AND_OLD_IMAGES" }),
  },
  {
    name: "the table is encrypted with the key that costs nothing: no key of this account is named",
    check(graph) {
      expect(table(graph).inputs).not.toHaveProperty("serverSideEncryption")
      expect(everyOf(graph, "kms/key")).toEqual([])
    },
  },
  {
    name: "what people wrote is not deleted by mistake in production, and goes with a stage that is only for trying",
    check(graph) {
      const production = isProduction(graph)
      expect(table(graph).inputs["deletionProtectionEnabled"]).toBe(production)
      expect(files(graph).inputs["forceDestroy"]).toBe(!production)
      for (const kept of [table(graph), files(graph), oneOf(graph, "cognito/userPool")]) {
        expect([kept.name, kept.protect]).toEqual([kept.name, production])
      }
    },
  },
  {
    name: "no bucket is public, and none is reached without encryption",
    check(graph) {
      const buckets = everyOf(graph, "s3/bucket").map(({ name }) => name)
      expect(buckets).toEqual(["FilesBucket", "WebBucket"])
      for (const bucket of buckets) {
        const name = bucket.replace("Bucket", "")
        expect(oneOf(graph, "s3/bucketPublicAccessBlock", name).inputs).toMatchObject({
          blockPublicAcls: true,
          blockPublicPolicy: true,
          ignorePublicAcls: true,
          restrictPublicBuckets: true,
        })
        const statements = statementsIn(oneOf(graph, "s3/bucketPolicy", name).inputs["policy"])
        expect(statements).toContainEqual({
          effect: "Deny",
          actions: ["s3:*"],
          principals: [{ type: "*", identifiers: ["*"] }],
          resources: [`arn:aws:s3:::${bucket.toLowerCase()}`, `arn:aws:s3:::${bucket.toLowerCase()}/*`],
          conditions: [{ test: "Bool", variable: "aws:SecureTransport", values: ["false"] }],
        })
      }
    },
  },
  {
    name: "the page's files are read by this account's distributions, people's files by nobody from outside",
    check(graph) {
      const allowing = (name: string) =>
        statementsIn(oneOf(graph, "s3/bucketPolicy", name).inputs["policy"]).filter(({ effect }) => effect !== "Deny")
      expect(allowing("Files")).toEqual([])
      expect(allowing("Web")).toEqual([
        expect.objectContaining({
          principals: [{ type: "Service", identifiers: ["cloudfront.amazonaws.com"] }],
          actions: ["s3:GetObject", "s3:ListBucket"],
          conditions: [
            {
              test: "ArnLike",
              variable: "aws:SourceArn",
              values: ["arn:aws:cloudfront::123456789012:distribution/*"],
            },
          ],
        }),
      ])
    },
  },
  {
    name: "files are cleared away: what was cut off, what is temporary, what was replaced or deleted a while ago",
    check(graph) {
      expect(oneOf(graph, "s3/bucketVersioning", "Files").inputs["versioningConfiguration"]).toEqual({
        status: "Enabled",
      })
      const { rules } = oneOf(graph, "s3/bucketLifecycleConfiguration", "Files").inputs as { rules: { id: string }[] }
      expect(Object.fromEntries(rules.map(({ id, ...rule }) => [id, rule]))).toEqual({
        "cut-off": { status: "Enabled", filter: {}, abortIncompleteMultipartUpload: { daysAfterInitiation: 1 } },
        temporary: { status: "Enabled", filter: { prefix: "temporary/" }, expiration: { days: 1 } },
        "old-versions": {
          status: "Enabled",
          filter: {},
          expiration: { expiredObjectDeleteMarker: true },
          noncurrentVersionExpiration: { noncurrentDays: isProduction(graph) ? 30 : 7 },
        },
      })
    },
  },
  {
    name: "a browser may put a file and get one, with the headers that it is told, from the site's origin only",
    check(graph) {
      const { corsRules } = oneOf(graph, "s3/bucketCorsConfiguration").inputs as { corsRules: object[] }
      const site = "https://d111111abcdef8.cloudfront.net"
      expect(corsRules).toEqual([
        expect.objectContaining({
          allowedMethods: ["PUT", "GET"],
          allowedHeaders: expect.arrayContaining(["content-type", "if-none-match"]),
          allowedOrigins: isProduction(graph) ? [site] : [site, "http://localhost:5173"],
        }),
      ])
    },
  },
]

const table = (graph: Graph) => oneOf(graph, "dynamodb/table")
const files = (graph: Graph) => oneOf(graph, "s3/bucket", "Files")
