import { expect } from "vitest"
import type { Promised } from "./graph.ts"
import { hasPool } from "./pool-stage.ts"

/**
 * What each kind of thing costs in a month in which nobody comes, in US dollars. A kind that is not here fails the test:
 * look its price up first. Of what is paid by its size, an empty one.
 */
export const idlePrices: Record<string, { dollars: number; because: string }> = {
  "apigateway/account": free("a setting of the account"),
  "apigatewayv2/api": free("paid by messages and minutes of connections"),
  "apigatewayv2/authorizer": free("part of the API"),
  "apigatewayv2/integration": free("part of the API"),
  "apigatewayv2/route": free("part of the API"),
  "apigatewayv2/stage": free("part of the API"),
  "budgets/budget": free("without actions"),
  "cloudfront/distribution": free("paid by requests and bytes"),
  "cloudfront/function": free("paid by calls"),
  "cloudfront/originAccessControl": free("a setting"),
  "cloudfront/responseHeadersPolicy": free("a setting"),
  "cloudwatch/dashboard": free("the first three of an account, of 50 metrics each"),
  "cloudwatch/logGroup": free("paid by what is written and kept"),
  "cloudwatch/metricAlarm": free("the first ten of an account"),
  "cognito/managedUserPoolClient": free("part of the pool"),
  "cognito/userGroup": free("part of the pool"),
  "cognito/userPool": free("paid by people who sign in, the first 10,000 free"),
  "cognito/userPoolClient": free("part of the pool"),
  "cognito/userPoolDomain": free("under Cognito's own name"),
  "dynamodb/table": free("on demand: paid by reads, writes and bytes"),
  "iam/role": free("always"),
  "lambda/function": free("paid by calls; nothing is kept warm"),
  "lambda/functionEventInvokeConfig": free("a setting"),
  "lambda/functionUrl": free("part of the function"),
  "lambda/permission": free("a setting"),
  "s3/bucket": free("paid by bytes and requests"),
  "s3/bucketCorsConfiguration": free("a setting"),
  "s3/bucketLifecycleConfiguration": free("a setting"),
  "s3/bucketObjectv2": { dollars: 0.0001, because: "a bundle or a file of the page: about 2 MB in all at $0.023 a GB" },
  "s3/bucketPolicy": free("a setting"),
  "s3/bucketPublicAccessBlock": free("a setting"),
  "s3/bucketVersioning": free("a setting; old versions are paid by bytes and end"),
  "scheduler/schedule": { dollars: 0, because: "43,200 calls a month of 14 million free ones" },
  "sns/topic": free("paid by messages"),
  "sns/topicSubscription": free("the first 1,000 e-mails a month"),
  "sqs/queue": free("paid by requests, and nobody asks"),
}

/** The same of what is there only with a pool of GPUs. */
const withPool: typeof idlePrices = {
  "autoscaling/group": free("paid by its servers, and it has none"),
  "cloudwatch/logMetricFilter": free(
    "its metric is paid by the hours in which something is counted; the first ten are free",
  ),
  "ec2/defaultSecurityGroup": free("a setting"),
  "ec2/internetGateway": free("paid by bytes"),
  "ec2/launchTemplate": free("a setting"),
  "ec2/routeTable": free("a setting"),
  "ec2/routeTableAssociation": free("a setting"),
  "ec2/securityGroup": free("a setting"),
  "ec2/subnet": free("a setting"),
  "ec2/vpc": free("a setting; addresses have a price while a server has one"),
  "ec2/vpcEndpoint": free("of the kind gateway; others have a price by the hour"),
  "iam/instanceProfile": free("always"),
  "vpc/securityGroupEgressRule": free("a setting"),
  "vpc/securityGroupIngressRule": free("a setting"),
}

/** Nothing that is there has a price of its own; what the sweep does in an empty month is reckoned in docs/cost.md. */
export const idleWork: Promised = {
  name: "nothing has a price while nobody chats",
  check(graph) {
    const types = graph.resources
      .map(({ type }) => /^aws:([^:]+):/.exec(type)?.[1])
      .filter((type) => type !== undefined)
    const prices = hasPool(graph) ? { ...idlePrices, ...withPool } : idlePrices
    const unknown = [...new Set(types)].filter((type) => !(type in prices))
    expect(unknown, "look up what it costs while nobody comes, and say so in tests/infra/idle.ts").toEqual([])
    const sum = types.reduce((dollars, type) => dollars + (prices[type]?.dollars ?? 0), 0)
    expect(sum).toBeLessThan(0.01)
  },
}

function free(because: string): { dollars: number; because: string } {
  return { dollars: 0, because }
}
