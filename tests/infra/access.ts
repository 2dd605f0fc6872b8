import { expect } from "vitest"
import {
  type Graph,
  type Promised,
  type Statement,
  everyOf,
  functionsOf,
  isProduction,
  oneOf,
  statementsIn,
  variablesOf,
} from "./graph.ts"
import { someModels } from "./model-stage.ts"
import { hasPool } from "./pool-stage.ts"

const table = [
  "dynamodb:GetItem",
  "dynamodb:PutItem",
  "dynamodb:UpdateItem",
  "dynamodb:DeleteItem",
  "dynamodb:Query",
  "dynamodb:BatchGetItem",
  "dynamodb:BatchWriteItem",
  "dynamodb:ConditionCheckItem",
]
/** What may be asked of Bedrock, by what the functions are told of its models. */
const askable: Record<string, string[]> = {
  live: ["arn:aws:bedrock:*::foundation-model/*", "arn:aws:bedrock:us-east-1:123456789012:inference-profile/*"],
  [`live:${someModels}`]: [
    "arn:aws:bedrock:*::foundation-model/amazon.nova-lite-v1:0",
    "arn:aws:bedrock:*::foundation-model/anthropic.claude-*",
    "arn:aws:bedrock:us-east-1:123456789012:inference-profile/*.amazon.nova-lite-v1:0",
    "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-*",
  ],
  "[]": [],
}

/** What each function may do, and with what. Nothing else. */
const allowed = (graph: Graph): Record<string, Record<string, string[]>> => {
  const { stage } = graph
  const tableArn = `arn:aws:dynamodb:us-east-1:123456789012:table/omnichat-${stage}-TableTable-waevafvr`
  const functionArn = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:omnichat-${stage}-${name}`
  const on = (actions: string[], resources: string[]): Record<string, string[]> =>
    Object.fromEntries(actions.map((each) => [each, resources]))
  const withPool = hasPool(graph)
  const calls = (...names: string[]) => ({ "lambda:InvokeFunction": names.map(functionArn).sort() })
  const runs = withPool ? ["pool", "worker"] : ["worker"]
  const servers = withPool ? ["pool-proxy"] : []
  const told = variablesOf(oneOf(graph, "lambda/function", "Worker"))["BEDROCK_MODELS"] ?? ""
  const models = askable[told] ?? [`nothing is known of ${told}`]
  const hasModels = models.length > 0
  const common = {
    ...on(table, [`${tableArn}/index/gsi1`, tableArn].sort()),
    ...on(["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], ["arn:aws:s3:::filesbucket/*"]),
    "s3:ListBucket": ["arn:aws:s3:::filesbucket"],
    "execute-api:ManageConnections": [
      "arn:aws:execute-api:us-east-1:123456789012:connectionsapi/socket/*/@connections/*",
    ],
    ...calls(...runs),
  }
  return {
    authorizer: {},
    socket: common,
    api: { ...common, ...calls(...runs, ...servers) },
    schedule: {
      ...common,
      ...(hasModels && on(["bedrock:ListFoundationModels", "bedrock:ListInferenceProfiles"], ["*"])),
    },
    closer: {
      ...common,
      "sqs:SendMessage": [`arn:aws:sqs:us-east-1:123456789012:omnichat-${stage}-dead-letters`],
    },
    worker: {
      ...common,
      ...calls("closer", ...runs, ...servers),
      ...(hasModels && on(["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"], models)),
    },
    ...(withPool && {
      pool: {
        ...common,
        ...on(
          ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
          [`arn:aws:autoscaling:us-east-1:123456789012:omnichat-${stage}-pool`],
        ),
        ...on(["autoscaling:DescribeAutoScalingGroups", "autoscaling:DescribeScalingActivities"], ["*"]),
      },
      "pool-proxy": on(
        ["dynamodb:GetItem", "dynamodb:DeleteItem"],
        [`${tableArn} if ForAllValues:StringLike dynamodb:LeadingKeys CALL#*`],
      ),
    }),
  }
}

/** Policies of AWS that are attached as they are, and why. */
const readyMade: Record<string, string> = {
  "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole": "a function writes its log",
  "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole": "AWS puts the proxy into its network",
  "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs": "the gateway writes its log",
}

/** Where a star may stand in a resource, and why. */
const stars: [resource: RegExp, why: string][] = [
  [/^arn:aws:s3:::(?:files|web)bucket\/\*$/, "every file of the bucket"],
  [/:connectionsapi\/socket\/\*\/@connections\/\*$/, "every connection of our gateway"],
  [/^\*$/, "for some actions there is nothing else: see everywhere"],
  [/^arn:aws:bedrock:\*::foundation-model\/[\w.:*-]+$/, "a profile takes the region that has room"],
  [
    /^arn:aws:bedrock:us-east-1:123456789012:inference-profile\/[\w.:*-]+$/,
    "of the region's part of the world, unless it is named",
  ],
]

/** The actions that AWS knows no resource for; others are on a resource. */
const everywhere = [
  "autoscaling:DescribeAutoScalingGroups",
  "autoscaling:DescribeScalingActivities",
  "bedrock:ListFoundationModels",
  "bedrock:ListInferenceProfiles",
  "ssm:UpdateInstanceInformation",
  "ssmmessages:CreateControlChannel",
  "ssmmessages:CreateDataChannel",
  "ssmmessages:OpenControlChannel",
  "ssmmessages:OpenDataChannel",
]

/** Who may do what. */
export const access: Promised[] = [
  {
    name: "each function may do what it does, with what is its own, and nothing else",
    check(graph) {
      const found = [...functionsOf(graph)].map(([name, each]) => [name, permissionsOf(graph, each.name)])
      expect(Object.fromEntries(found)).toEqual(allowed(graph))
    },
  },
  {
    name: "no action is a star, and a resource only where it says why",
    check(graph) {
      for (const { effect, actions, resources = [] } of everyStatement(graph)) {
        if (effect === "Deny") continue
        expect(actions.filter((action) => action.includes("*"))).toEqual([])
        const unexplained = resources.filter((each) => each.includes("*") && !stars.some(([known]) => known.test(each)))
        expect(unexplained).toEqual([])
        if (resources.includes("*")) expect(actions.filter((action) => !everywhere.includes(action))).toEqual([])
      }
      const attached = everyOf(graph, "iam/role").flatMap(
        ({ inputs }) => (inputs["managedPolicyArns"] as string[]) ?? [],
      )
      expect(attached.filter((arn) => !(arn in readyMade))).toEqual([])
      expect(everyOf(graph, "iam/rolePolicyAttachment")).toEqual([])
    },
  },
  {
    name: "a role is taken by the service that it is for, and by nobody of this account",
    check(graph) {
      for (const { name, inputs } of everyOf(graph, "iam/role")) {
        const { assumeRolePolicy } = inputs as { assumeRolePolicy: unknown }
        const policy = typeof assumeRolePolicy === "string" ? assumeRolePolicy : JSON.stringify(assumeRolePolicy)
        const service =
          name === "PoolServerRole" ? /"ec2\.amazonaws\.com"/ : /"(?:lambda|scheduler|apigateway)\.amazonaws\.com"/
        expect([name, policy]).toEqual([name, expect.stringMatching(service)])
        expect([name, policy]).toEqual([name, expect.not.stringMatching(/"AWS"|:root|"\*"/)])
      }
    },
  },
  {
    name: "functions are called from outside by our gateway, and by everybody at the API's own address alone",
    check(graph) {
      const callers = everyOf(graph, "lambda/permission").map(({ inputs }) =>
        [
          inputs["principal"],
          String(inputs["function"]).split("-").at(-1),
          inputs["sourceArn"] ?? inputs["action"],
        ].join(" "),
      )
      const gateway = "arn:aws:execute-api:us-east-1:123456789012:connectionsapi"
      expect([...new Set(callers)].sort()).toEqual([
        "* api lambda:InvokeFunction",
        "* api lambda:InvokeFunctionUrl",
        `apigateway.amazonaws.com authorizer ${gateway}/authorizers/ConnectionsAuthorizerTokenAuthorizer-id`,
        `apigateway.amazonaws.com socket ${gateway}/*`,
      ])
      expect(oneOf(graph, "lambda/permission", "ApiInvokeFunction").inputs["invokedViaFunctionUrl"]).toBe(true)
    },
  },
  {
    name: "people sign in by code, without a secret, and return to real addresses",
    check(graph) {
      const site = "https://d111111abcdef8.cloudfront.net"
      const origins = isProduction(graph) ? [site] : [site, "http://localhost:5173"]
      expect(oneOf(graph, "cognito/managedUserPoolClient").inputs).toMatchObject({
        namePattern: "^web$",
        allowedOauthFlowsUserPoolClient: true,
        allowedOauthFlows: ["code"],
        allowedOauthScopes: ["openid", "email", "profile"],
        callbackUrls: origins.map((origin) => `${origin}/signed-in`),
        logoutUrls: origins.map((origin) => `${origin}/`),
        preventUserExistenceErrors: "ENABLED",
        enableTokenRevocation: true,
        refreshTokenRotation: { feature: "ENABLED" },
        accessTokenValidity: 1,
        tokenValidityUnits: { accessToken: "hours" },
      })
    },
  },
  {
    name: "the client as it is made has nothing that an update could put back",
    check: (graph) =>
      expect(oneOf(graph, "cognito/userPoolClient").inputs).toEqual({
        name: "web",
        generateSecret: false,
        userPoolId: "UsersUserPool-id",
      }),
  },
  {
    name: "accounts: invited unless said otherwise, a second factor for who wants one, no text messages, three groups",
    check(graph) {
      expect(oneOf(graph, "cognito/userPool").inputs).toMatchObject({
        adminCreateUserConfig: { allowAdminCreateUserOnly: true },
        // Refresh tokens are renewed with each use from this tier on.
        userPoolTier: "ESSENTIALS",
        mfaConfiguration: "OPTIONAL",
        softwareTokenMfaConfiguration: { enabled: true },
        deletionProtection: isProduction(graph) ? "ACTIVE" : "INACTIVE",
        accountRecoverySetting: { recoveryMechanisms: [{ name: "verified_email" }] },
        passwordPolicy: { minimumLength: 12 },
      })
      const groups = everyOf(graph, "cognito/userGroup").map(({ inputs }) => String(inputs["name"]))
      expect(groups.sort()).toEqual(["admin", "pending", "user"])
      expect(oneOf(graph, "cognito/userPoolDomain").inputs["domain"]).toMatch(/^omnichat-[0-9a-f]{12}$/)
    },
  },
]

function everyStatement(graph: Graph): Statement[] {
  const inline = everyOf(graph, "iam/role").flatMap(
    ({ inputs }) => (inputs["inlinePolicies"] ?? []) as { policy: string }[],
  )
  const others = ["s3/bucketPolicy", "sqs/queuePolicy", "sns/topicPolicy"].flatMap((type) => everyOf(graph, type))
  return [...inline, ...others.map(({ inputs }) => inputs as { policy: string })].flatMap(({ policy }) =>
    statementsIn(policy),
  )
}

/** The actions of a function's role, each with the resources that it is allowed on. */
function permissionsOf(graph: Graph, functionResource: string): Record<string, string[]> {
  const role = oneOf(graph, "iam/role", functionResource.replace(/Function$/, "Role"))
  const policies = (role.inputs["inlinePolicies"] ?? []) as { policy: string }[]
  const found: Record<string, string[]> = {}
  for (const { actions, resources = [], conditions = [] } of policies.flatMap(({ policy }) => statementsIn(policy))) {
    const limits = conditions.map(({ test, variable, values }) => ` if ${test} ${variable} ${values.join(", ")}`)
    const limited = resources.map((resource) => resource + limits.join(""))
    for (const action of actions) found[action] = [...(found[action] ?? []), ...limited].sort()
  }
  return found
}
