import { request as httpRequest } from "node:http"
import type { IncomingMessage, ServerResponse } from "node:http"
import { setTimeout as sleep } from "node:timers/promises"
import { bytesOf, listen } from "./listen.ts"

/** A call of DynamoDB's API on its way to the engine, and what became of it. */
export type TableCall = {
  operation: string
  /** The name of the function that asks. */
  from: string
  body: unknown
  /** Milliseconds of one clock; `to` when the answer has left. */
  at: number
  to?: number
  status?: number
  answer?: unknown
}

export type TableFault =
  /** Refused with this exception, and nothing done. */
  | { type: string }
  /** Done, and never answered. */
  | "reply lost"
  /** Not done, and never answered. */
  | "silent"

export type TableProxy = {
  url: string
  calls: TableCall[]
  /** Before every call; by default the table is well. */
  fault: (call: TableCall) => TableFault | undefined
  /** Before a call reaches the engine, milliseconds. */
  delayMs: number
  /** Between the engine's answer and the caller. */
  answered: (call: TableCall) => Promise<void>
  close(): Promise<void>
}

/** Stands between the functions and an engine that speaks DynamoDB's wire, and has bad days on demand. */
export async function startTableProxy(engineUrl: string): Promise<TableProxy> {
  const { hostname, port } = new URL(engineUrl)

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const bytes = await bytesOf(request)
    const call: TableCall = {
      operation: String(request.headers["x-amz-target"]).split(".")[1] ?? "",
      from: /\bapp\/(\w+)/.exec(request.headers["user-agent"] ?? "")?.[1] ?? "",
      body: JSON.parse(bytes.toString("utf8")) as unknown,
      at: performance.now(),
    }
    proxy.calls.push(call)
    if (proxy.delayMs > 0) await sleep(proxy.delayMs)
    const fault = proxy.fault(call)
    if (fault === "silent") return
    if (typeof fault === "object") return send(call, response, statusOf(fault.type), refusal(fault.type))
    const { status, body } = await ask(request, bytes)
    if (fault === "reply lost") return
    call.answer = JSON.parse(body) as unknown
    call.status = status
    await proxy.answered(call)
    send(call, response, status, body)
  }

  function send(call: TableCall, response: ServerResponse, status: number, body: string): void {
    call.status = status
    response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(body)
    call.to = performance.now()
  }

  /** With the very headers that were signed. */
  function ask({ headers, url }: IncomingMessage, bytes: Buffer): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      const sent = httpRequest({ hostname, port, path: url, method: "POST", headers }, (answer) => {
        bytesOf(answer).then((body) => resolve({ status: answer.statusCode ?? 0, body: body.toString("utf8") }), reject)
      })
      sent.once("error", reject)
      sent.end(bytes)
    })
  }

  const server = await listen(handle)
  const proxy: TableProxy = {
    url: server.url,
    calls: [],
    fault: () => undefined,
    delayMs: 0,
    answered: () => Promise.resolve(),
    close: server.close,
  }
  return proxy
}

const statusOf = (type: string): number => (type === "InternalServerError" ? 500 : 400)
const refusal = (type: string): string =>
  JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: "refused" })
