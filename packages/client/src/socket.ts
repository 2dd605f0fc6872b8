import type { Clock } from "./clock.ts"
import { Gathering } from "./gathering.ts"
import type { Incoming } from "./guard.ts"
import { Keepalive } from "./keepalive.ts"
import type { Expectation } from "./keepalive.ts"

/** What the client uses of a WebSocket: the browser's, Node's own and that of `ws` have it. */
export type SocketLike = {
  onopen: ((event: never) => void) | null
  onmessage: ((event: never) => void) | null
  onclose: ((event: never) => void) | null
  onerror: ((event: never) => void) | null
  send(text: string): void
  close(code?: number, reason?: string): void
  /** `ws` has it: ends without waiting for the other side. */
  terminate?: () => void
}
export type WebSocketConstructor = new (url: string, protocols: string[]) => SocketLike

export type SocketOptions = {
  WebSocket: WebSocketConstructor
  url: string
  /** Goes as a subprotocol, never into the address (protocol C2). */
  token: string | undefined
  clock: Clock
  gather: () => number
  expects: () => Expectation
}
export type SocketEvents = {
  open(): void
  frame(frame: Incoming): void
  /** The connection is over, or never came to be; called once. `code` is the close code where there was one. */
  down(code: number | undefined): void
}

const openWithin = 10_000

/** The life of one connection, from the attempt to its end. Whoever wants another one makes another one. */
export class Socket {
  readonly #socket: SocketLike
  readonly #events: SocketEvents
  readonly #options: SocketOptions
  readonly #gathering: Gathering
  #keepalive: Keepalive | undefined
  #cancelOpening: () => void
  #over = false
  #pings = 0

  constructor(options: SocketOptions, events: SocketEvents) {
    this.#options = options
    this.#events = events
    const { clock, gather } = options
    this.#gathering = new Gathering({ clock, gather, give: (frame) => this.#give(frame) })
    const protocols = ["omnichat.v1", ...(options.token === undefined ? [] : [`bearer.${options.token}`])]
    this.#socket = new options.WebSocket(options.url, protocols)
    this.#socket.onopen = () => this.#opened()
    this.#socket.onmessage = (event: { data: unknown }) => this.#heard(event.data)
    this.#socket.onclose = (event: { code?: number }) => this.#end(event.code)
    this.#socket.onerror = () => {} // a close follows, and says as much as is to be known
    this.#cancelOpening = options.clock.timer(openWithin, () => this.#abandon())
  }

  send(text: string): void {
    this.#transmit(text)
    this.#keepalive?.sent()
  }

  /** Asks for a sign of life now: there is a reason to doubt the connection. */
  probe(): void {
    this.#keepalive?.probe()
  }

  /** Ends it on our wish: no event follows. */
  close(): void {
    if (this.#over) return
    this.#stop()
    this.#socket.close(1000)
  }

  #opened(): void {
    if (this.#over) return
    this.#cancelOpening()
    this.#keepalive = new Keepalive(this.#options.clock, {
      expects: () => this.#options.expects(),
      ping: () => this.#transmit(JSON.stringify({ action: "ping", id: `p${++this.#pings}` })),
      dead: () => this.#abandon(),
    })
    this.#events.open()
  }

  #heard(data: unknown): void {
    if (this.#over) return
    this.#keepalive?.heard()
    this.#gathering.take(data)
  }

  #give(frame: Incoming): void {
    if (!this.#over) this.#events.frame(frame)
  }

  #transmit(text: string): void {
    if (!this.#over) this.#socket.send(text)
  }

  /** The other side does not answer, so its part of a close is not waited for. */
  #abandon(): void {
    if (this.#socket.terminate) this.#socket.terminate()
    else this.#socket.close()
    this.#end(undefined)
  }

  #end(code: number | undefined): void {
    this.#gathering.flush()
    if (this.#over) return
    this.#stop()
    this.#events.down(code)
  }

  #stop(): void {
    this.#over = true
    this.#cancelOpening()
    this.#gathering.drop()
    this.#keepalive?.stop()
  }
}
