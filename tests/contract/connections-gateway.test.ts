import { once } from "node:events"
import { ApiGatewayManagementApiClient } from "@aws-sdk/client-apigatewaymanagementapi"
import { ConnectionBusy } from "@omnichat/core/connection/connections"
import { createWallClock } from "@omnichat/functions/aws/clock"
import { gatewayConnections } from "@omnichat/functions/aws/connections"
import { expect, it } from "vitest"
import { startPostStandIn } from "../support/post-stand-in.ts"
import { testCredentials } from "../support/sigv4.ts"
import { describeConnections } from "./connections.ts"

async function open() {
  const gateway = await startPostStandIn()
  const client = new ApiGatewayManagementApiClient({
    endpoint: gateway.endpoint,
    region: "eu-central-1",
    credentials: testCredentials,
    maxAttempts: 1,
  })
  let count = 0
  // As API Gateway makes them.
  const nextId = () => `L0SM9cOFvHcCI${(count += 1)}=`
  return {
    gateway,
    connections: gatewayConnections({ client, clock: createWallClock() }),
    nextId,
    async close() {
      client.destroy()
      await gateway.close()
    },
  }
}

describeConnections("Connections of API Gateway", async () => {
  const { gateway, connections, nextId, close } = await open()
  return {
    connections,
    close,
    async connect() {
      const id = nextId()
      gateway.open(id)
      return {
        id,
        next: async () => String((await once(gateway.events, `frame ${id}`))[0]),
        leave: async () => gateway.drop(id),
        ended: once(gateway.events, `closed ${id}`),
      }
    },
    async stalled() {
      const id = nextId()
      gateway.set(id, "silent")
      return id
    },
  }
})

it.each([
  ["throttled", 429, "LimitExceededException"],
  ["failing", 500, "InternalServerErrorException"],
])("a gateway that is %s for a moment gets the frame all the same, once", async (_, status, type) => {
  const { gateway, connections, close } = await open()
  gateway.set("a", { status, type, times: 3 })
  const frames: unknown[] = []
  gateway.events.on("frame a", (text) => frames.push(text))
  let made = 0
  expect(await connections.post("a", () => `frame ${(made += 1)}`, 30_000)).toBe("sent")
  expect([frames, gateway.asked("a")]).toEqual([["frame 1"], 4])
  await close()
})

it("a gateway that is throttled for too long is busy", async () => {
  const { gateway, connections, close } = await open()
  gateway.set("a", { status: 429, type: "LimitExceededException", times: Infinity })
  await expect(connections.post("a", () => "x", 100)).rejects.toThrow(ConnectionBusy)
  expect(gateway.asked("a")).toBeGreaterThan(1)
  await close()
})

it("what no waiting mends is told at once", async () => {
  const { gateway, connections, close } = await open()
  gateway.set("a", { status: 403, type: "ForbiddenException", times: 1 })
  await expect(connections.post("a", () => "x", 30_000)).rejects.toMatchObject({ name: "ForbiddenException" })
  expect(gateway.asked("a")).toBe(1)
  await close()
})
