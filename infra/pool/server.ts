import { bucket } from "../bucket.ts"
import { fullName, place, stage } from "../stage.ts"
import { table } from "../table.ts"
import { agent, agentHash } from "./agent.ts"
import { disks, image } from "./disk.ts"
import { serverFirewall } from "./firewall.ts"
import { pool } from "./on.ts"
import { dollarsPerHour } from "./price.ts"
import { profile } from "./role.ts"
import { setup } from "./setup.ts"

const tags = { Name: fullName("pool") }

/** How a server is made. */
export const server = new aws.ec2.LaunchTemplate("PoolServer", {
  namePrefix: fullName("pool-"),
  imageId: image.id,
  instanceType: pool.server,
  instanceInitiatedShutdownBehavior: "terminate",
  iamInstanceProfile: { arn: profile.arn },
  // One hop: what runs in a container on it, if ever, gets no credentials.
  metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
  networkInterfaces: [
    {
      deviceIndex: 0,
      // The address is there, and has a price, for as long as the server is.
      associatePublicIpAddress: "true",
      deleteOnTermination: "true",
      securityGroups: [serverFirewall.id],
    },
  ],
  blockDeviceMappings: disks,
  tagSpecifications: ["instance", "volume"].map((resourceType) => ({ resourceType, tags })),
  userData: $util
    .all([place.region, table.name, bucket.name, agent.key])
    .apply(([region, tableName, bucketName, agentKey]) =>
      setup({
        LOG_LEVEL: stage.logLevel,
        AWS_REGION: region,
        TABLE_NAME: tableName,
        BUCKET_NAME: bucketName,
        AGENT_KEY: agentKey,
        AGENT_SHA256: agentHash,
        POOL_PARALLEL: String(pool.parallel),
        POOL_MODEL_COUNT: String(pool.models.length),
        POOL_DOLLARS_PER_HOUR: String(dollarsPerHour(pool)),
      }),
    ),
})
