import type { ProviderResponse } from "../model/provider.ts"
import { OmniError } from "../protocol/error.ts"

const longestQuote = 200

/** A text of somebody else's as an error may quote it: one line, at most 200 characters. */
export function clip(text: string): string {
  const line = text
    .slice(0, 4 * longestQuote)
    .replace(/\s+/g, " ")
    .trim()
  return line.length > longestQuote ? `${line.slice(0, longestQuote).replace(/[\ud800-\udbff]$/, "")}…` : line
}

/** The codes of Node and undici for a server that nobody reached. */
const unreachableCodes: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EHOSTDOWN",
  "ETIMEDOUT",
  "UND_ERR_CONNECT_TIMEOUT",
])

/** The error for a call that got no response. */
export function unreachable(server: string, advice: string, thrown: unknown): OmniError {
  const code = errorCode(thrown)
  if (code !== undefined && unreachableCodes.has(code)) {
    return new OmniError("model_unavailable", `${server} does not answer (${code}). ${advice}`, { cause: thrown })
  }
  const why = code ?? (thrown instanceof Error ? clip(thrown.message) : "for an unknown reason")
  return new OmniError("upstream_failed", `${server} broke the connection before it answered (${why}). ${advice}`, {
    cause: thrown,
  })
}

function errorCode(thrown: unknown): string | undefined {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    if ("code" in error && typeof error.code === "string") return error.code
  }
  return undefined
}

type Refused = { response: ProviderResponse; text: string; path: string; model?: string }

/** The error for a response that is no success. */
export function refusal(server: string, { response, text, path, model }: Refused): OmniError {
  const status = response.status
  const said = clip(messageIn(text))
  const reason = said === "" ? `${status}` : `${status}: ${said}`
  if (status >= 300 && status < 400) {
    const target = response.headers.get("location") ?? "elsewhere"
    return new OmniError("upstream_failed", `${server} redirects to ${clip(target)}. Set its address to that.`, {
      retryable: false,
    })
  }
  switch (status) {
    case 401:
    case 402:
    case 403:
      return new OmniError(
        "model_unavailable",
        `${server} refuses access (${reason}). Check its key in the settings.`,
        {
          retryable: false,
        },
      )
    case 404:
      return model !== undefined && /model/i.test(said)
        ? new OmniError("model_not_found", `${server} has no model "${model}" (${said}). Choose another model.`)
        : new OmniError("upstream_failed", `${server} has no ${path} (${reason}). Check its address in the settings.`, {
            retryable: false,
          })
    case 408:
    case 429:
    case 502:
    case 503:
    case 504:
      return new OmniError("model_unavailable", `${server} cannot answer now (${reason}). Try again in a moment.`, {
        ...retryAfter(response),
      })
  }
  return status < 500
    ? new OmniError("invalid", `${server} refuses this request (${reason}).`)
    : new OmniError("upstream_failed", `${server} failed (${reason}). Its own log may say more.`)
}

function retryAfter(response: ProviderResponse): { retryAfterMs?: number } {
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN)
  return Number.isFinite(seconds) && seconds > 0 ? { retryAfterMs: Math.ceil(seconds * 1000) } : {}
}

/** What servers put around their words: `{ error }`, `{ error: { message } }`, `{ message }`, `{ detail }`, or plain text. */
export function messageIn(text: string): string {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return text // Plain text is an ordinary form of an error.
  }
  return messageOf(value) ?? text
}

/** The words in an error object of any of the usual shapes; undefined when it has none. */
export function messageOf(value: unknown): string | undefined {
  if (typeof value === "string") return value === "" ? undefined : value
  if (typeof value !== "object" || value === null) return undefined
  const { error, message, detail } = value as { error?: unknown; message?: unknown; detail?: unknown }
  return messageOf(error) ?? messageOf(message) ?? messageOf(detail)
}
