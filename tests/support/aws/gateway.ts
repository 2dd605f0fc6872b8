import { randomBytes, randomUUID } from "node:crypto"
import { STATUS_CODES } from "node:http"
import type { IncomingMessage, ServerResponse } from "node:http"
import type { Duplex } from "node:stream"
import { setTimeout as sleep } from "node:timers/promises"
import { WebSocketServer } from "ws"
import type { RawData, WebSocket } from "ws"
import { watchFrames } from "./frames.ts"
import { authorizerEvent, connectEvent, disconnectEvent, messageEvent } from "./gateway-event.ts"
import type { Context, Known } from "./gateway-event.ts"
import type { Outcome } from "./instance.ts"
import type { Lambda } from "./lambda.ts"
import { bytesOf, listen, refuse } from "./listen.ts"

/** The times of a WebSocket API; its sizes are not for scaling. */
export type GatewayTimes = { idleMs: number; lifeMs: number; integrationMs: number }

const usualTimes: GatewayTimes = { idleMs: 600_000, lifeMs: 7_200_000, integrationMs: 29_000 }
const mostInFrame = 32 * 1024
const mostInMessage = 128 * 1024
const stage = "live"

/** What is wrong with a post; nothing, if undefined. */
export type PostFault = { delayMs: number } | { status: number; type: string }

export type Gateway = {
  socketUrl: string
  /** For `@connections`. */
  endpoint: string
  /** By default the gateway is well. */
  faults: { post(connectionId: string): PostFault | undefined }
  /** Messages, in both directions, each metered as AWS does: one for every 32 KB begun. */
  metered: { in: number; out: number }
  /** Of the connections that are open, the oldest first. */
  connections(): string[]
  /** Sends a frame of the gateway's own to a connection, as it does when an integration fails. */
  sendOwn(connectionId: string, message: string): void
  close(): Promise<void>
}

type Connection = Known & { socket: WebSocket; heardAt: number }

/** API Gateway's WebSocket API with `$connect` behind an authorizer, and one function for all routes. */
export async function startGateway(
  lambda: Pick<Lambda, "invoke">,
  functions: { authorizer: string; socket: string },
  times: Partial<GatewayTimes> = {},
): Promise<Gateway> {
  const { idleMs, lifeMs, integrationMs } = { ...usualTimes, ...times }
  const open = new Map<string, Connection>()
  const metered = { in: 0, out: 0 }
  const leaving = new Set<Promise<void>>()
  const sockets = new WebSocketServer({ noServer: true, maxPayload: mostInMessage, perMessageDeflate: false })
  const meter = (way: "in" | "out", bytes: number) => (metered[way] += Math.max(1, Math.ceil(bytes / mostInFrame)))

  async function upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> {
    if (new URL(request.url ?? "", "http://gateway").pathname !== `/${stage}`) return refuseUpgrade(stream, 403)
    const known: Known = {
      id: `${randomBytes(11).toString("base64url")}=`,
      stage,
      connectedAt: Date.now(),
      requestId: randomUUID,
    }
    const judged = authorizationOf(await lambda.invoke(functions.authorizer, authorizerEvent(known, request)))
    if (typeof judged === "number") return refuseUpgrade(stream, judged)
    known.authorizer = judged
    const { status, headers } = answerOf(await lambda.invoke(functions.socket, connectEvent(known, request)))
    if (status < 200 || status > 299) return refuseUpgrade(stream, status)
    if (stream.destroyed) return disconnected(known, 1006)
    const selected = Object.entries(headers).find(([name]) => name.toLowerCase() === "sec-websocket-protocol")?.[1]
    sockets.options.handleProtocols = () => selected ?? false
    let opened: WebSocket | undefined
    // before the library reads them
    watchFrames(stream, mostInFrame, () => opened?.close(1009))
    sockets.handleUpgrade(request, stream, head, (socket) => {
      opened = socket
      accept({ ...known, socket, heardAt: Date.now() })
    })
  }

  function accept(connection: Connection): void {
    const { id, socket } = connection
    open.set(id, connection)
    // An error is followed by a close.
    socket.on("error", () => {})
    socket.on("message", (data, isBinary) => {
      if (socket.readyState === socket.OPEN) void message(connection, asBuffer(data), isBinary)
    })
    socket.on("ping", () => (connection.heardAt = Date.now()))
    const end = setTimeout(() => socket.close(1001, "Going away"), lifeMs)
    const watch = setInterval(
      () => {
        if (Date.now() - connection.heardAt >= idleMs) socket.close(1001, "Going away")
      },
      Math.min(1000, idleMs / 4),
    )
    socket.once("close", (code) => {
      clearTimeout(end)
      clearInterval(watch)
      open.delete(id)
      const left: Promise<void> = disconnected(connection, code).finally(() => leaving.delete(left))
      leaving.add(left)
    })
  }

  async function message(connection: Connection, data: Buffer, isBinary: boolean): Promise<void> {
    connection.heardAt = Date.now()
    meter("in", data.length)
    const late = new AbortController()
    const outcome = await Promise.race([
      lambda.invoke(functions.socket, messageEvent(connection, data, isBinary)),
      sleep(integrationMs, undefined, { signal: late.signal }).catch(() => undefined),
    ])
    late.abort()
    if (outcome === undefined || answerOf(outcome).status >= 500) own(connection, "Internal server error")
  }

  async function disconnected(known: Known, code: number): Promise<void> {
    await lambda.invoke(functions.socket, disconnectEvent(known, code))
  }

  function own({ id, socket }: Connection, message: string): void {
    socket.send(JSON.stringify({ message, connectionId: id, requestId: randomUUID() }))
  }

  /** https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html */
  async function connectionsApi(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const data = await bytesOf(request)
    const [, name] = new RegExp(`^/${stage}/(?:@|%40)connections/([^/]+)$`).exec(request.url ?? "") ?? []
    const isSigned = request.headers.authorization?.includes("/execute-api/aws4_request") === true
    if (name === undefined || !isSigned) return refuse(response, 403, "ForbiddenException")
    const id = decodeURIComponent(name)
    const fault = gateway.faults.post(id)
    if (fault !== undefined && "status" in fault) return refuse(response, fault.status, fault.type)
    if (fault !== undefined) await sleep(fault.delayMs)
    const socket = open.get(id)?.socket
    if (socket?.readyState !== socket?.OPEN || socket === undefined) return refuse(response, 410, "GoneException")
    if (request.method === "DELETE") {
      socket.close(1000)
      return void response.writeHead(204).end()
    }
    if (data.length > mostInMessage) return refuse(response, 413, "PayloadTooLargeException")
    meter("out", data.length)
    const failed = await new Promise<Error | null | undefined>((done) => socket.send(data, { binary: false }, done))
    if (failed) return refuse(response, 410, "GoneException")
    response.writeHead(200).end()
  }

  const server = await listen(connectionsApi)
  server.server.on("upgrade", (request, stream, head) => {
    stream.on("error", () => {})
    upgrade(request, stream, head).catch(() => stream.destroy())
  })
  const gateway: Gateway = {
    socketUrl: `${server.url.replace(/^http/, "ws")}/${stage}`,
    endpoint: `${server.url}/${stage}`,
    faults: { post: () => undefined },
    metered,
    connections: () => [...open.keys()],
    sendOwn(connectionId, message) {
      const connection = open.get(connectionId)
      if (connection !== undefined) own(connection, message)
    },
    async close() {
      for (const { socket } of open.values()) socket.terminate()
      await server.close()
      await Promise.all(leaving)
    },
  }
  return gateway
}

function refuseUpgrade(stream: Duplex, status: number): void {
  const body = JSON.stringify({ message: STATUS_CODES[status] })
  const lines = ["Content-Type: application/json", `Content-Length: ${body.length}`, "Connection: close", "", body]
  stream.end([`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines].join("\r\n"))
}

type Policy = {
  principalId: string
  policyDocument: { Statement: { Effect: string }[] }
  context?: Record<string, string | number | boolean>
}

/** The status of a refusal, or what is known of the connection from now on. */
function authorizationOf(outcome: Outcome): Context | number {
  if (outcome.kind === "error") {
    return (JSON.parse(outcome.payload) as { errorMessage?: string }).errorMessage === "Unauthorized" ? 401 : 500
  }
  if (outcome.kind === "stream") return 500
  const { principalId, policyDocument, context = {} } = JSON.parse(outcome.payload) as Policy
  if (policyDocument.Statement.some(({ Effect }) => Effect !== "Allow")) return 403
  const texts = Object.entries(context).map(([name, value]) => [name, String(value)])
  return { principalId, integrationLatency: "1", ...(Object.fromEntries(texts) as Context) }
}

/** What a function answers by proxy integration; anything else is a failure of the integration. */
function answerOf(outcome: Outcome): { status: number; headers: Context } {
  if (outcome.kind !== "answer") return { status: 500, headers: {} }
  const { statusCode, headers } = (JSON.parse(outcome.payload) ?? {}) as { statusCode?: number; headers?: Context }
  return { status: statusCode ?? 500, headers: headers ?? {} }
}

function asBuffer(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data)
}
