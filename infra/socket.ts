import type { Permission } from "./function.ts"
import { stage } from "./stage.ts"

/** Of the API's address. Not SST's `$default`, whose sign not every client of AWS signs as the gateway does. */
const stageName = "socket"

/** The WebSocket API; what answers on it is in infra/route.ts. */
export const socket = new sst.aws.ApiGatewayWebSocket("Connections", {
  accessLog: { retention: stage.keptFor.logs },
  transform: {
    stage: {
      name: stageName,
      // Both stand here, for one that is left out is 0.
      defaultRouteSettings: {
        throttlingRateLimit: stage.socketLimit.perSecond,
        throttlingBurstLimit: stage.socketLimit.burst,
      },
    },
  },
})

export const socketUrl = socket.url

/** To post to connections and to close them. */
export const useConnections: Permission = {
  actions: ["execute-api:ManageConnections"],
  resources: [$interpolate`${socket.nodes.api.executionArn}/${stageName}/*/@connections/*`],
}
