import { bucket } from "../bucket.ts"
import { table } from "../table.ts"
import { agent } from "./agent.ts"
import { serverActions } from "./endpoint.ts"

/**
 * What a server may do: say what it has in the pool's own partition of the table, read the agent, and be looked at by an
 * operator through the Session Manager. AWS's ready policy for that would also read every parameter of the account.
 */
const policy = aws.iam.getPolicyDocumentOutput({
  statements: [
    {
      effect: "Allow",
      actions: serverActions,
      resources: [table.arn],
      conditions: [{ test: "ForAllValues:StringEquals", variable: "dynamodb:LeadingKeys", values: ["POOL"] }],
    },
    { effect: "Allow", actions: ["s3:GetObject"], resources: [$interpolate`${bucket.arn}/${agent.key}`] },
    {
      effect: "Allow",
      actions: [
        "ssm:UpdateInstanceInformation",
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
      ],
      // These are for the caller itself, and know no other resource.
      resources: ["*"],
    },
  ],
})

const role = new aws.iam.Role("PoolServerRole", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "ec2.amazonaws.com" }),
  inlinePolicies: [{ name: "inline", policy: policy.json }],
})

export const profile = new aws.iam.InstanceProfile("PoolServerProfile", { role: role.name })
