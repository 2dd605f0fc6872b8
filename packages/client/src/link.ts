import { backoff } from "./backoff.ts"
import type { Clock } from "./clock.ts"
import { toClientError } from "./errors.ts"
import type { ClientError } from "./errors.ts"
import type { Incoming } from "./guard.ts"
import type { Expectation } from "./keepalive.ts"
import { Socket } from "./socket.ts"
import type { WebSocketConstructor } from "./socket.ts"

/** `waiting`: the connection was lost or could not be made, and the next attempt has its time. */
export type ConnectionState = "connecting" | "open" | "waiting" | "closed"

export type LinkOptions = {
  WebSocket: WebSocketConstructor
  clock: Clock
  gather: () => number
  /** Where the socket is. Asked again after an attempt that did not open. */
  address: () => Promise<string>
  /** Asked at each attempt. */
  token: () => Promise<string | undefined>
  expects: () => Expectation
}
export type LinkEvents = {
  /** The state is another one. Comes after `up` and `down`. */
  state(): void
  up(): void
  frame(frame: Incoming): void
  /** The connection is gone, and with it all that was under way on it. */
  down(code: number | undefined): void
  /** The server is there and will not have us. Attempts go on. */
  refused(error: ClientError): void
}

/**
 * Keeps one connection as long as it is wanted. Sockets are replaced, never mended; a second socket with a fresh token
 * beside the first, a minute before that one's token ends (protocol C3), would be another `#socket` here.
 */
export class Link {
  readonly #options: LinkOptions
  readonly #events: LinkEvents
  #state: ConnectionState = "closed"
  #socket: Socket | undefined
  #address: string | undefined
  /** Attempts since the server was last heard. */
  #attempts = 0
  /** Tells an attempt that was overtaken from the present one. */
  #generation = 0
  #cancelWait: () => void = () => {}
  #cancelReachable: () => void = () => {}

  constructor(options: LinkOptions, events: LinkEvents) {
    this.#options = options
    this.#events = events
  }

  get state(): ConnectionState {
    return this.#state
  }

  /** Connects, if that is not under way. */
  open(): void {
    if (this.#state !== "closed") return
    this.#cancelReachable = this.#options.clock.onReachable(() => this.#reachable())
    this.#connect()
  }

  close(): void {
    if (this.#state === "closed") return
    this.#cancelReachable()
    this.#attempts = 0
    this.#become("closed")
  }

  /** Replaces the connection at once, with a fresh token. */
  renew(): void {
    if (this.#state !== "closed") this.#connect()
  }

  send(text: string): void {
    this.#socket?.send(text)
  }

  #connect(): void {
    const generation = this.#drop()
    const { token, address } = this.#options
    Promise.all([this.#address ?? address(), token()])
      .then(([url, fresh]) => {
        if (generation === this.#generation) this.#attempt(url, fresh)
      })
      .catch((thrown: unknown) => {
        if (generation === this.#generation) this.#failed(toClientError(thrown, "The server was not reached"))
      })
    this.#become("connecting")
  }

  #attempt(url: string, token: string | undefined): void {
    const { WebSocket, clock, gather, expects } = this.#options
    this.#address = undefined
    this.#socket = new Socket(
      { WebSocket, url, token, clock, gather, expects },
      {
        open: () => {
          this.#address = url
          this.#become("open")
        },
        frame: (frame) => {
          this.#attempts = 0
          this.#events.frame(frame)
        },
        down: (code) => this.#wait(code),
      },
    )
  }

  #failed(error: ClientError): void {
    this.#wait()
    if (error.code === "unauthenticated" || error.code === "forbidden") this.#events.refused(error)
  }

  #wait(code?: number): void {
    this.#drop()
    this.#cancelWait = this.#options.clock.timer(backoff(this.#options.clock, this.#attempts++), () => this.#connect())
    this.#become("waiting", code)
  }

  #drop(): number {
    this.#cancelWait()
    this.#socket?.close()
    this.#socket = undefined
    return ++this.#generation
  }

  #reachable(): void {
    if (this.#state === "waiting") this.#connect()
    else this.#socket?.probe()
  }

  /** Comes last wherever it is called, for whoever hears of it may open and close. */
  #become(state: ConnectionState, code?: number): void {
    const before = this.#state
    this.#state = state
    if (state === "closed") this.#drop()
    if (before === "open") this.#events.down(code)
    if (state === "open") this.#events.up()
    if (state !== before) this.#events.state()
  }
}
