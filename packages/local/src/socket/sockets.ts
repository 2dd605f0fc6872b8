import type { IncomingMessage } from "node:http"
import type { Duplex } from "node:stream"
import type { Actor } from "@omnichat/core/access/actor"
import type { Log } from "@omnichat/core/log"
import { describe } from "@omnichat/core/log"
import { OmniError } from "@omnichat/core/protocol/error"
import { limits as wireLimits } from "@omnichat/core/protocol/limits"
import type { SocketHandler } from "@omnichat/functions/socket/handler"
import { WebSocketServer } from "ws"
import type { RawData, ServerOptions, WebSocket } from "ws"
import { within } from "../within.ts"
import type { SocketLimits } from "./limits.ts"
import { Peer } from "./peer.ts"
import type { Peers } from "./peers.ts"

export type Sockets = {
  /** Takes over an upgrade request that may be. */
  accept(request: IncomingMessage, stream: Duplex, head: Buffer, actor: Actor): void
  /** Ends the connections whose time is over; to be called every few seconds. */
  sweep(): void
  /** Ends all of them with 1001, and resolves when they are gone. */
  close(): Promise<void>
}

type Options = {
  peers: Peers
  handler: SocketHandler
  log: Log
  limits: SocketLimits
  /** Milliseconds that never go back. */
  now: () => number
}

/** The sockets of one machine: what ws leaves open of the protocol's rules for connections (C2, C5 to C7). */
export function createSockets({ peers, handler, log, limits, now }: Options): Sockets {
  const options: ServerOptions & { closeTimeout: number } = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: wireLimits.messageToServer,
    closeTimeout: limits.closing,
    handleProtocols: (offered) => (offered.has("omnichat.v1") ? "omnichat.v1" : false),
  }
  const server = new WebSocketServer(options)
  const nextId = connectionIds()
  let closing = false
  /** What is still being done for some connection, also for one that has gone: the store must outlive it. */
  const unfinished = new Set<Promise<void>>()
  const track = (work: Promise<void>): void => {
    unfinished.add(work)
    void work.finally(() => unfinished.delete(work))
  }

  const take = (peer: Peer, data: RawData, isBinary: boolean): void => {
    peer.heardAt = now()
    const waitMs = peer.bucket.take()
    const refusal = waitMs === 0 ? undefined : tooMany(waitMs)
    peer.unanswered += 1
    if (peer.unanswered >= limits.mostUnanswered) peer.socket.pause()
    const bytes = asBuffer(data)
    const handled = handler
      .message(peer.actor, peer.id, isBinary ? bytes : bytes.toString("utf8"), refusal)
      .catch((thrown: unknown) => log.error("action-failed", { connectionId: peer.id, error: describe(thrown) }))
      .finally(() => {
        peer.unanswered -= 1
        if (peer.socket.isPaused && peer.unanswered < limits.mostUnanswered) peer.socket.resume()
      })
      .catch((thrown: unknown) => log.error("socket-not-resumed", { error: describe(thrown) }))
    track(handled)
  }

  const welcome = (socket: WebSocket, stream: Duplex, actor: Actor): void => {
    const peer = new Peer({ id: nextId(), actor, socket, stream }, limits, now)
    peers.add(peer)
    const opened = handler.open(actor, peer.id).catch((thrown: unknown) => {
      log.error("connection-not-opened", { connectionId: peer.id, error: describe(thrown) })
      socket.close(1011)
    })
    track(opened)
    const heard = () => void (peer.heardAt = now())
    socket.on("message", (data, isBinary) => take(peer, data, isBinary))
    socket.on("ping", heard).on("pong", heard)
    // ws has said why to the client (1007, 1009, …) and closes
    socket.on("error", (error) => log.debug("socket-error", { connectionId: peer.id, error: describe(error) }))
    socket.on("close", () => {
      peers.remove(peer)
      const forgotten = opened
        .then(() => handler.close(peer.id))
        .catch((thrown: unknown) => log.warn("connection-not-forgotten", { error: describe(thrown) }))
      track(forgotten)
    })
  }

  return {
    accept(request, stream, head, actor) {
      if (closing) return void stream.destroy()
      server.handleUpgrade(request, stream, head, (socket) => welcome(socket, stream, actor))
    },

    sweep() {
      for (const peer of peers) {
        if (peer.outbox.stalledFor() > limits.stalled) {
          log.info("connection-stalled", { connectionId: peer.id })
          peer.socket.terminate()
        } else if (now() - peer.heardAt > limits.idle || now() - peer.openedAt > limits.life) {
          void peers.close(peer.id)
        }
      }
    },

    async close() {
      closing = true
      await Promise.all(
        [...peers].map(
          ({ socket }) =>
            new Promise<void>((resolve) => {
              socket.once("close", () => resolve())
              socket.close(1001, "the server stops")
            }),
        ),
      )
      server.close()
      await within(limits.closing, Promise.all(unfinished))
    },
  }
}

const tooMany = (retryAfterMs: number): OmniError =>
  new OmniError("rate_limited", `Too many actions on this connection. Try again in ${retryAfterMs} ms.`, {
    retryAfterMs,
  })

/** Sorted by age, also across restarts, so that "the oldest connection" is one. No dots: they name entries of a map. */
function connectionIds(): () => string {
  const start = Date.now().toString(36)
  let count = 0
  return () => `${start}-${String((count += 1)).padStart(8, "0")}`
}

const asBuffer = (data: RawData): Buffer =>
  Buffer.isBuffer(data) ? data : Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data)
