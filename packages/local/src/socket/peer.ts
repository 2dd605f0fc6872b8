import type { Duplex } from "node:stream"
import type { Actor } from "@omnichat/core/access/actor"
import type { WebSocket } from "ws"
import { Bucket } from "./bucket.ts"
import { Outbox } from "./outbox.ts"
import type { Wire } from "./outbox.ts"
import type { SocketLimits } from "./limits.ts"

/** One open socket and what is kept for it. */
export class Peer {
  readonly id: string
  readonly actor: Actor
  readonly socket: WebSocket
  readonly outbox: Outbox
  readonly bucket: Bucket
  readonly openedAt: number
  /** When the client was last heard of. */
  heardAt: number
  /** Actions that are not answered yet. */
  unanswered = 0

  constructor(
    given: { id: string; actor: Actor; socket: WebSocket; stream: Duplex },
    limits: SocketLimits,
    now: () => number,
  ) {
    this.id = given.id
    this.actor = given.actor
    this.socket = given.socket
    this.outbox = new Outbox(wireOf(given.socket, given.stream), limits.mostBuffered, now)
    this.bucket = new Bucket(limits.actions, now)
    this.openedAt = now()
    this.heardAt = this.openedAt
  }
}

/** Frames of one turn of the event loop leave in one write: with many runs on a socket that is most of the cost. */
function wireOf(socket: WebSocket, stream: Duplex): Wire {
  let corked = false
  const uncork = () => {
    corked = false
    stream.uncork()
  }
  return {
    buffered: () => socket.bufferedAmount,
    send(bytes, done) {
      if (!corked) {
        corked = true
        stream.cork()
        setImmediate(uncork)
      }
      socket.send(bytes, { binary: false }, done)
    },
  }
}
