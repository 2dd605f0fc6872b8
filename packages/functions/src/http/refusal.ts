import type { Log } from "@omnichat/core/log"
import { OmniError } from "@omnichat/core/protocol/error"
import type { ErrorBody } from "@omnichat/core/protocol/http"
import { statusOf, tell } from "../errors.ts"

/** A body whose `Content-Type` is not what the route takes: an `invalid` with a status of its own (protocol H1). */
export class WrongContentType extends OmniError {
  constructor(expected: string, actual: string | null) {
    super(
      "invalid",
      `The body's Content-Type must be ${expected}, and is ${actual === null ? "absent" : `"${actual}"`}.`,
    )
    this.name = "WrongContentType"
  }
}

/** Whatever was thrown, as the response that a client gets (protocol H1). */
export function asResponse(thrown: unknown, log: Log, where: string): Response {
  const error = tell(thrown, log, where)
  const headers = new Headers({ "content-type": "application/json" })
  if (error.retryAfterMs !== undefined) headers.set("retry-after", String(Math.ceil(error.retryAfterMs / 1000)))
  const status = error instanceof WrongContentType ? 415 : statusOf[error.code]
  return new Response(JSON.stringify({ error: error.toWire() } satisfies ErrorBody), { status, headers })
}

export const notFound = (method: string, path: string): OmniError =>
  new OmniError("not_found", `There is no ${method} ${path.length > 200 ? `${path.slice(0, 200)}…` : path} here.`)
