/** The codes a client may meet, in frames, HTTP bodies and the `error` of a finished answer (protocol F3). */
export const errorCodes = [
  "invalid",
  "unauthenticated",
  "forbidden",
  "not_found",
  "conflict",
  "too_large",
  "rate_limited",
  "budget_exceeded",
  "model_not_found",
  "model_unavailable",
  "upstream_failed",
  "interrupted",
  "internal",
] as const

export type ErrorCode = (typeof errorCodes)[number]

/** What crosses the wire of an error. `message` is written for the person who reads it. */
export type WireError = { code: ErrorCode; message: string; retryable: boolean }

const retryableByNature: ReadonlySet<ErrorCode> = new Set([
  "rate_limited",
  "model_unavailable",
  "upstream_failed",
  "interrupted",
  "internal",
])

/**
 * The one error of the product that a client may see. Its message says what failed, with the value, what would have
 * been right, and what to do next; it never holds a prompt, a token or a secret.
 */
export class OmniError extends Error {
  readonly code: ErrorCode
  readonly retryable: boolean
  /** Milliseconds to wait before a retry can succeed, where that is known. */
  readonly retryAfterMs: number | undefined

  constructor(
    code: ErrorCode,
    message: string,
    options: { retryable?: boolean; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = "OmniError"
    this.code = code
    this.retryable = options.retryable ?? retryableByNature.has(code)
    this.retryAfterMs = options.retryAfterMs
  }

  toWire(): WireError {
    return { code: this.code, message: this.message, retryable: this.retryable }
  }
}

/** Turns whatever was thrown into what a client may see; anything unforeseen becomes `internal` without its details. */
export function toOmniError(thrown: unknown): OmniError {
  if (thrown instanceof OmniError) return thrown
  return new OmniError("internal", "Something went wrong on the server; its log says what. Try again.", {
    cause: thrown,
  })
}
