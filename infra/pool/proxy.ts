import { makeFunction } from "../function.ts"
import { table } from "../table.ts"
import { proxyActions } from "./endpoint.ts"
import { ollamaPort, proxyFirewall } from "./firewall.ts"
import { networkRange, privateSubnets } from "./network.ts"

/**
 * The way from the functions, which are in no network, to the servers. It has no way to anywhere else, so that even with
 * `sst dev` it runs at AWS.
 */
makeFunction("pool-proxy", {
  description: "Carries a request to a GPU server, and the answer back as it comes",
  memory: "512 MB",
  timeout: "900 seconds",
  isLive: false,
  vpc: {
    privateSubnets: privateSubnets.map(({ id }) => id),
    securityGroups: [proxyFirewall.id],
  },
  environment: { TABLE_NAME: table.name, POOL_NETWORK: networkRange, POOL_PORT: String(ollamaPort) },
  permissions: [
    {
      actions: proxyActions,
      resources: [table.arn],
      // Whether the caller still wants its answer.
      conditions: [{ test: "ForAllValues:StringLike", variable: "dynamodb:LeadingKeys", values: ["CALL#*"] }],
    },
  ],
})
