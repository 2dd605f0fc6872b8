import { place } from "../stage.ts"
import { table } from "../table.ts"
import { network, privateRoutes, publicRoutes } from "./network.ts"

/** What the two that are in the network may do with the table; each by its own role, and both through the endpoint. */
export const serverActions = ["dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"]
export const proxyActions = ["dynamodb:GetItem", "dynamodb:DeleteItem"]

const endpoint = (name: string, service: string, rest: Partial<aws.ec2.VpcEndpointArgs>) =>
  new aws.ec2.VpcEndpoint(name, {
    vpcId: network.id,
    vpcEndpointType: "Gateway",
    serviceName: $interpolate`com.amazonaws.${place.region}.${service}`,
    ...rest,
  })

/** Free, and the only way out of the private subnets: to this table and no other. */
export const tableEndpoint = endpoint("PoolTableEndpoint", "dynamodb", {
  routeTableIds: [publicRoutes.id, privateRoutes.id],
  policy: aws.iam.getPolicyDocumentOutput({
    statements: [
      {
        effect: "Allow",
        principals: [{ type: "*", identifiers: ["*"] }],
        actions: [...new Set([...serverActions, ...proxyActions])],
        resources: [table.arn],
      },
    ],
  }).json,
})

/** For the servers: the agent comes from our bucket, packages of the system from Amazon's. */
endpoint("PoolFilesEndpoint", "s3", { routeTableIds: [publicRoutes.id] })
