import { errorCodes } from "@omnichat/core/protocol/error"
import type { ErrorCode, WireError } from "@omnichat/core/protocol/error"
import { count, flag, isObject, object, only, text } from "./shape.ts"
import type { Guard } from "./shape.ts"

/**
 * `offline`: the server was not reached, or the client was closed, or the run was left. `timeout`: it was reached and
 * gave no answer. The others are the server's own (protocol F3).
 */
export type ClientErrorCode = ErrorCode | "offline" | "timeout"

/** Whatever goes wrong between the client and its server. `message` is written for the person who reads it. */
export class ClientError extends Error {
  readonly code: ClientErrorCode
  /** The same request may succeed later. */
  readonly retryable: boolean
  /** Milliseconds to wait before a retry can succeed, where the server said so. */
  readonly retryAfterMs: number | undefined

  constructor(
    code: ClientErrorCode,
    message: string,
    options: { retryable?: boolean; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = "ClientError"
    this.code = code
    this.retryable = options.retryable ?? (code === "offline" || code === "timeout")
    this.retryAfterMs = options.retryAfterMs
  }

  /** From an `error` frame or the `error` of an HTTP answer; a code that is not known here reads as `internal`. */
  static fromWire(wire: unknown): ClientError {
    const fields = isObject(wire) ? wire : {}
    return new ClientError(
      errorCode(fields.code) ? fields.code : "internal",
      text(fields.message) ? fields.message : "The server refused without a reason.",
      {
        retryable: fields.retryable === true,
        ...(count(fields.retryAfterMs) && { retryAfterMs: fields.retryAfterMs }),
      },
    )
  }
}

const errorCode = only(...errorCodes)

/** The error that an answer or message carries. */
export const wireError: Guard<WireError> = object({ code: errorCode, message: text, retryable: flag })

/** A failure below the protocol (a refused connection, a lost network) as `offline`; ours as they are. */
export function toClientError(thrown: unknown, doing: string): ClientError {
  if (thrown instanceof ClientError) return thrown
  const reason = thrown instanceof Error ? thrown.message : String(thrown)
  return new ClientError("offline", `${doing}: ${reason}`, { cause: thrown })
}
