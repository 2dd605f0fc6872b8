import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { createLog } from "@omnichat/functions/log"
import { owner } from "@omnichat/local/actor"
import { socketLimits } from "@omnichat/local/socket/limits"
import { Peers } from "@omnichat/local/socket/peers"
import { createSockets } from "@omnichat/local/socket/sockets"
import { WebSocket } from "ws"
import { describeConnections } from "./connections.ts"

describeConnections("Connections of this process", async () => {
  const peers = new Peers()
  const sockets = createSockets({
    peers,
    handler: { open: async () => {}, message: async () => {}, close: async () => {} },
    log: createLog("silent", () => {}),
    limits: { ...socketLimits, closing: 50 },
    now: () => performance.now(),
  })
  const server = createServer()
  server.on("upgrade", (request, stream, head) => sockets.accept(request, stream, head, owner))
  server.listen(0, "127.0.0.1")
  await once(server, "listening")

  const connect = async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/socket`)
    const ended = once(socket, "close")
    await once(socket, "open")
    const { id } = [...peers].at(-1) ?? { id: "" }
    return { id, socket, ended }
  }
  return {
    connections: peers,
    async connect() {
      const { id, socket, ended } = await connect()
      return {
        id,
        ended,
        next: async () => String((await once(socket, "message"))[0]),
        async leave() {
          socket.terminate()
          while ([...peers].some((peer) => peer.id === id)) await new Promise(setImmediate)
        },
      }
    },
    async stalled() {
      const { id, socket } = await connect()
      socket.pause()
      const frame = "x".repeat(30_000)
      while (
        await peers
          .post(id, () => frame, 50)
          .then(
            () => true,
            () => false,
          )
      );
      return id
    },
    async close() {
      await sockets.close()
      await new Promise((resolve) => server.close(resolve))
    },
  }
})
