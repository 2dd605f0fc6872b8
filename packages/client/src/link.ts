import { backoff } from "./backoff.ts"
import type { Clock } from "./clock.ts"
import { toClientError } from "./errors.ts"
import type { ClientError } from "./errors.ts"
import type { Incoming } from "./guard.ts"
import type { Expectation } from "./keepalive.ts"
import { Socket } from "./socket.ts"
import type { WebSocketConstructor } from "./socket.ts"
import type { Token } from "./token.ts"

/** `waiting`: the connection was lost or could not be made, and the next attempt has its time. */
export type ConnectionState = "connecting" | "open" | "waiting" | "closed"

export type LinkOptions = {
  WebSocket: WebSocketConstructor
  clock: Clock
  gather: () => number
  /** Where the socket is. Asked again after an attempt that did not open. */
  address: () => Promise<string>
  /** Asked at each attempt; `refused` is one with which a connection did not open, or was of no more use. */
  token: (refused?: string) => Promise<Token | undefined>
  expects: () => Expectation
}
export type LinkEvents = {
  /** The state is another one. Comes after `up` and `down`. */
  state(): void
  up(): void
  frame(frame: Incoming): void
  /** The connection is gone, and with it all that was under way on it; or another one has taken its place. */
  down(code: number | undefined): void
  /** The server is there and will not have us. Attempts go on. */
  refused(error: ClientError): void
}

/** A second connection is made so long before the first one's token ends (protocol C3), in milliseconds. */
const beforeTheEnd = 60_000
/** How long the first one is kept for what may still come on it, while the second has not answered. */
const answerWithin = 5_000

/**
 * Keeps one connection as long as it is wanted. Sockets are replaced, never mended. A minute before its token ends
 * (protocol C3) the socket gets a successor; all that is under way moves there, and only then it is closed.
 */
export class Link {
  readonly #options: LinkOptions
  readonly #events: LinkEvents
  #state: ConnectionState = "closed"
  #socket: Socket | undefined
  #address: string | undefined
  /** The one of the last attempt. */
  #token: string | undefined
  /** Gives way to `#socket`: what it still brings is taken. */
  #former: Socket | undefined
  /** Will take the place of `#socket` when it is open. */
  #successor: Socket | undefined
  #cancelSuccession: () => void = () => {}
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

  /** Replaces the connection at once, with a fresh token: the present one is of no more use. */
  renew(): void {
    if (this.#state !== "closed") this.#connect(this.#token)
  }

  send(text: string): void {
    this.#socket?.send(text)
  }

  #connect(refused?: string): void {
    const generation = this.#drop()
    const { token, address } = this.#options
    this.#token = undefined
    Promise.all([this.#address ?? address(), token(refused)])
      .then(([url, fresh]) => {
        if (generation === this.#generation) this.#attempt(url, fresh)
      })
      .catch((thrown: unknown) => {
        if (generation === this.#generation) this.#failed(toClientError(thrown, "The server was not reached"))
      })
    this.#become("connecting")
  }

  #attempt(url: string, token: Token | undefined): void {
    this.#address = undefined
    this.#token = token?.text
    this.#socket = this.#open(url, token, () => {
      this.#address = url
      this.#arrange(token)
      this.#become("open")
    })
  }

  /** What a socket's events mean depends on which of ours it is when they come. */
  #open(url: string, token: Token | undefined, open: () => void): Socket {
    const { WebSocket, clock, gather, expects } = this.#options
    const socket: Socket = new Socket(
      { WebSocket, url, token: token?.text, clock, gather, expects },
      {
        open,
        frame: (frame) => {
          this.#attempts = 0
          this.#events.frame(frame)
          if (socket === this.#socket && expects() !== "answer") this.#leaveFormer()
        },
        down: (code) => {
          if (socket === this.#socket) this.#wait(code)
          else if (socket === this.#successor) this.#postpone()
          else this.#former = undefined
        },
      },
    )
    return socket
  }

  /** A successor, in time. */
  #arrange(token: Token | undefined): void {
    if (token?.lastsMs === undefined) return
    const ms = token.lastsMs - Math.min(beforeTheEnd, token.lastsMs / 2)
    this.#cancelSuccession = this.#options.clock.timer(ms, () => this.#succeed())
  }

  #succeed(): void {
    const generation = this.#generation
    const url = this.#address
    if (url === undefined) return
    this.#options
      .token()
      .then((fresh) => {
        if (generation !== this.#generation) return
        // The same again: whoever gives tokens could not do better, and will not for some time.
        if (fresh === undefined || fresh.text === this.#token) return this.#postpone()
        this.#successor = this.#open(url, fresh, () => this.#handOver(fresh))
      })
      .catch(() => {
        if (generation === this.#generation) this.#postpone()
      })
  }

  /** No successor now: perhaps in a moment. Else the server ends the connection, and another one is made then. */
  #postpone(): void {
    this.#successor = undefined
    const { clock } = this.#options
    this.#cancelSuccession = clock.timer(backoff(clock, 5), () => this.#succeed())
  }

  #handOver(token: Token): void {
    this.#leaveFormer()
    const former = this.#socket
    this.#socket = this.#successor
    this.#successor = undefined
    this.#token = token.text
    // Whoever hears of it acts on the new one at once, and hears the old one as long as that takes.
    this.#events.down(undefined)
    this.#events.up()
    this.#former = former
    this.#arrange(token)
    const arranged = this.#cancelSuccession
    const cancel = this.#options.clock.timer(answerWithin, () => this.#leaveFormer())
    this.#cancelSuccession = () => {
      cancel()
      arranged()
    }
  }

  #leaveFormer(): void {
    this.#former?.close()
    this.#former = undefined
  }

  #failed(error: ClientError): void {
    this.#wait()
    if (error.code === "unauthenticated" || error.code === "forbidden") this.#events.refused(error)
  }

  #wait(code?: number): void {
    this.#drop()
    // A browser does not say why a connection did not open. It may have been the token.
    const refused = this.#state === "connecting" ? this.#token : undefined
    this.#cancelWait = this.#options.clock.timer(backoff(this.#options.clock, this.#attempts++), () =>
      this.#connect(refused),
    )
    this.#become("waiting", code)
  }

  #drop(): number {
    this.#cancelWait()
    this.#cancelSuccession()
    this.#leaveFormer()
    for (const socket of [this.#socket, this.#successor]) socket?.close()
    this.#socket = undefined
    this.#successor = undefined
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
