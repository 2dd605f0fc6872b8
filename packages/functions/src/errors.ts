import { OmniError, toOmniError } from "@omnichat/core/protocol/error"
import type { ErrorCode } from "@omnichat/core/protocol/error"
import { describe } from "@omnichat/core/log"
import type { Log } from "@omnichat/core/log"
import { InvalidCursor, StoreUnavailable, Throttled } from "@omnichat/core/store/table"

/** The one place where a code becomes a status (protocol H1). */
export const statusOf: Readonly<Record<ErrorCode, number>> = {
  invalid: 400,
  unauthenticated: 401,
  budget_exceeded: 402,
  forbidden: 403,
  not_found: 404,
  model_not_found: 404,
  conflict: 409,
  too_large: 413,
  rate_limited: 429,
  internal: 500,
  interrupted: 500,
  upstream_failed: 502,
  model_unavailable: 503,
}

/** What a client is told of anything that was thrown; what nobody foresaw goes to the log. */
export function tell(thrown: unknown, log: Log, where: string): OmniError {
  if (thrown instanceof InvalidCursor) {
    return new OmniError("invalid", "The cursor is not one that this list gave. Begin again without it.")
  }
  if (thrown instanceof Throttled) {
    return new OmniError("rate_limited", "The store has too much to do. Try again in a moment.", { retryAfterMs: 1000 })
  }
  if (thrown instanceof StoreUnavailable) {
    log.error("store-unavailable", { where, error: describe(thrown) })
    return new OmniError("internal", "The store cannot be used now; the server's log says why.")
  }
  const error = toOmniError(thrown)
  if (error.code === "internal" && error.cause !== undefined) {
    const stack = error.cause instanceof Error ? error.cause.stack : undefined
    log.error("unforeseen", { where, error: describe(error.cause), stack })
  }
  return error
}
