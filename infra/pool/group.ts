import { groupName } from "./environment.ts"
import { publicSubnets } from "./network.ts"
import { pool } from "./on.ts"
import prices from "./prices.json"
import { server } from "./server.ts"
import { serverTypes } from "./settings.ts"

const template = { id: server.id, version: $interpolate`${server.latestVersion}` }

/** On Spot the more kinds are taken, the likelier there is one: those with as much GPU memory at about the price. */
const alike = serverTypes.filter((type) => {
  const [wanted, other] = [prices.servers[pool.server], prices.servers[type]]
  return other.gpuGigabytes === wanted.gpuGigabytes && other.dollarsPerHour <= wanted.dollarsPerHour * 1.5
})

/** The servers: none, until the pool's function wants one. It alone sets how many, and takes back which. */
export const group = new aws.autoscaling.Group(
  "PoolServers",
  {
    name: groupName,
    minSize: 0,
    maxSize: pool.most,
    desiredCapacity: 0,
    vpcZoneIdentifiers: publicSubnets.map(({ id }) => id),
    ...(pool.spot
      ? {
          capacityRebalance: true,
          mixedInstancesPolicy: {
            instancesDistribution: {
              onDemandBaseCapacity: 0,
              onDemandPercentageAboveBaseCapacity: 0,
              spotAllocationStrategy: "price-capacity-optimized",
            },
            launchTemplate: {
              launchTemplateSpecification: { launchTemplateId: template.id, version: template.version },
              overrides: alike.map((instanceType) => ({ instanceType })),
            },
          },
        }
      : { launchTemplate: template }),
    healthCheckType: "EC2",
    // Who is being answered there decides when a server goes, not a balance between zones.
    protectFromScaleIn: true,
    suspendedProcesses: ["AZRebalance"],
    // A deployment does not wait for servers that somebody wants just now, and removing a stage takes them along.
    waitForCapacityTimeout: "0",
    forceDelete: true,
    metricsGranularity: "1Minute",
    enabledMetrics: ["GroupDesiredCapacity", "GroupInServiceInstances"],
  },
  { ignoreChanges: ["desiredCapacity"] },
)
