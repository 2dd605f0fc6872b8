import { once } from "node:events"
import { createServer } from "node:http"
import type { IncomingMessage, Server, ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import type { Duplex } from "node:stream"
import type { ErrorCode } from "@omnichat/core/protocol/error"
import type { Event } from "@omnichat/core/protocol/event"
import type { Action, AckFields, Frame, StartBody } from "@omnichat/core/protocol/frame"
import { WebSocketServer } from "ws"
import type { WebSocket } from "ws"

/** Things that come one by one, and the ones who wait for them. */
class Queue<T> {
  readonly #things: T[] = []
  readonly #waiters: ((thing: T) => void)[] = []

  get size(): number {
    return this.#things.length
  }

  put(thing: T): void {
    const waiter = this.#waiters.shift()
    if (waiter) waiter(thing)
    else this.#things.push(thing)
  }

  async next(): Promise<T> {
    return this.#things.shift() ?? new Promise((resolve) => this.#waiters.push(resolve))
  }
}

export type ActionOf<A extends Action["action"]> = Extract<Action, { action: A }>

/** The server's end of one socket. It says only what the test says, but for pongs. */
export class StandInConnection {
  /** What the client offered, bearer and all. */
  readonly protocols: string[]
  /** Answers pings by itself. */
  pongs = true
  readonly #socket: WebSocket
  readonly #actions = new Queue<Action>()
  readonly #closed: Promise<number>

  constructor(socket: WebSocket, protocols: string[]) {
    this.#socket = socket
    this.protocols = protocols
    this.#closed = once(socket, "close").then(([code]) => code as number)
    socket.on("message", (data: Buffer) => {
      const action = JSON.parse(data.toString()) as Action
      if (action.action !== "ping") this.#actions.put(action)
      else if (this.pongs) this.send({ type: "pong", id: action.id })
      else this.#actions.put(action)
    })
    socket.on("error", () => {}) // a close follows
  }

  /** The next action, which must be one of this kind. Answered pings are not among them. */
  async next<A extends Action["action"]>(kind: A): Promise<ActionOf<A>> {
    const action = await this.any()
    if (action.action !== kind) throw new Error(`expected ${kind}, the client sent ${JSON.stringify(action)}`)
    return action as ActionOf<A>
  }

  /** The next action, of whichever kind. */
  async any(): Promise<Action> {
    return this.#actions.next()
  }

  /**
   * Resolves when the client has handled all that was sent to it, and what it said to that has come. Two round trips,
   * for what it does in promises comes after the first.
   */
  async settled(): Promise<void> {
    for (let trips = 0; trips < 2; trips++) {
      const pong = once(this.#socket, "pong")
      this.#socket.ping()
      await pong
    }
  }

  /** How many actions came that no test has looked at: to be asked after `settled`. */
  get unread(): number {
    return this.#actions.size
  }

  send(frame: Frame): void {
    this.raw(JSON.stringify(frame))
  }

  raw(text: string): void {
    this.#socket.send(text)
  }

  ack(action: { id: string }, fields: AckFields): void {
    this.send({ type: "ack", id: action.id, ...fields })
  }

  refuse(action: { id: string }, code: ErrorCode, more: { retryable?: boolean; retryAfterMs?: number } = {}): void {
    this.send({ type: "error", id: action.id, code, message: `refused as ${code}`, retryable: false, ...more })
  }

  run(runId: `run_${string}`, from: number, events: Event[]): void {
    this.send({ type: "run", runId, from, events })
  }

  /** Ends as a server does. */
  close(code = 1000): void {
    this.#socket.close(code)
  }

  /** Ends as a network does: without a word. */
  drop(): void {
    this.#socket.terminate()
  }

  /** The client's close code, once it is gone. */
  async closed(): Promise<number> {
    return this.#closed
  }
}

type Post = { body: StartBody; answer: (status: number, body: unknown) => void; drop: () => void }

/** A server on a free port that speaks the socket's wire, behaves as the test says, and knows nothing of runs. */
export class SocketStandIn {
  readonly baseUrl: string
  /** Upgrades are refused with this status. */
  refusal: number | undefined
  /** `GET /api/config` is refused with this status. */
  configRefusal: number | undefined
  /** The bearer tokens of the HTTP requests, in their order. */
  readonly bearers: (string | undefined)[] = []
  readonly #http: Server
  readonly #sockets: WebSocketServer
  readonly #connections = new Queue<StandInConnection>()
  readonly #posts = new Queue<Post>()
  readonly #refused = new Queue<number>()

  private constructor(http: Server) {
    this.#http = http
    this.baseUrl = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
    this.#sockets = new WebSocketServer({
      noServer: true,
      handleProtocols: (offered) => (offered.has("omnichat.v1") ? "omnichat.v1" : false),
    })
    http.on("request", (request, response) => void this.#answer(request, response))
    http.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head))
  }

  static async listen(): Promise<SocketStandIn> {
    const http = createServer()
    http.listen(0, "127.0.0.1")
    await once(http, "listening")
    return new SocketStandIn(http)
  }

  /** The next connection that the client makes. */
  async connection(): Promise<StandInConnection> {
    return this.#connections.next()
  }

  /** The status of the next upgrade or request that was refused. */
  async refused(): Promise<number> {
    return this.#refused.next()
  }

  /** The next `POST /api/runs`, to be answered by the test. */
  async post(): Promise<Post> {
    return this.#posts.next()
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate()
    this.#http.closeAllConnections()
    this.#http.close()
    await once(this.#http, "close")
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.refusal !== undefined) {
      socket.end(`HTTP/1.1 ${this.refusal} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
      this.#refused.put(this.refusal)
      return
    }
    const protocols = (request.headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim())
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) =>
      this.#connections.put(new StandInConnection(webSocket, protocols)),
    )
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.bearers.push(request.headers.authorization?.replace(/^Bearer /, ""))
    const answer = (status: number, body: unknown) => {
      response.writeHead(status, { "content-type": "application/json" })
      response.end(JSON.stringify(body))
    }
    if (request.url === "/api/config") {
      if (this.configRefusal === undefined)
        return answer(200, {
          socketUrl: `${this.baseUrl.replace("http", "ws")}/socket`,
          mode: "local",
          auth: { kind: "none" },
        })
      const code = this.configRefusal === 401 ? "unauthenticated" : "forbidden"
      answer(this.configRefusal, { error: { code, message: "refused", retryable: false } })
      return this.#refused.put(this.configRefusal)
    }
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    if (request.url !== "/api/runs")
      return answer(404, { error: { code: "not_found", message: "no such route", retryable: false } })
    const body = JSON.parse(Buffer.concat(chunks).toString()) as StartBody
    this.#posts.put({ body, answer, drop: () => void response.destroy() })
  }
}
