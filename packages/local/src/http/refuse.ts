import { STATUS_CODES } from "node:http"
import type { ServerResponse } from "node:http"
import type { Duplex } from "node:stream"
import { OmniError } from "@omnichat/core/protocol/error"
import type { ErrorBody } from "@omnichat/core/protocol/http"
import { statusOf } from "@omnichat/functions/errors"

/** Refusals from before the API: of a request, and of an upgrade, where there is no response object yet. */

/** The server is there and will answer in a moment. */
export class Starting extends OmniError {
  constructor() {
    super("internal", "The server is starting. Try again in a second.", { retryAfterMs: 1000 })
    this.name = "Starting"
  }
}

const statusFor = (error: OmniError): number => (error instanceof Starting ? 503 : statusOf[error.code])

const bodyOf = (error: OmniError): string => JSON.stringify({ error: error.toWire() } satisfies ErrorBody)

/** Ends the request and, as its body was not read, the connection. */
export function refuse(response: ServerResponse, error: OmniError): void {
  const body = bodyOf(error)
  response.writeHead(statusFor(error), headersOf(error, body))
  response.end(body)
}

export function refuseUpgrade(stream: Duplex, error: OmniError): void {
  const body = bodyOf(error)
  const status = statusFor(error)
  const lines = Object.entries(headersOf(error, body)).map(([name, value]) => `${name}: ${value}`)
  // a client that has gone already is no matter
  stream.on("error", () => stream.destroy())
  // and one that stays may not keep the server from ending
  stream.once("finish", () => stream.destroy())
  stream.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${lines.join("\r\n")}\r\n\r\n${body}`)
}

const headersOf = (error: OmniError, body: string): Record<string, string> => ({
  "content-type": "application/json",
  "content-length": String(Buffer.byteLength(body)),
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
  connection: "close",
  ...(error.code === "unauthenticated" ? { "www-authenticate": "Bearer" } : {}),
  ...(error.retryAfterMs === undefined ? {} : { "retry-after": String(Math.ceil(error.retryAfterMs / 1000)) }),
})
