const firstPauseMs = 25
const longestPauseMs = 1000

/** Exponential backoff with full jitter, in milliseconds; `attempt` counts from 0. */
export const jitter = (attempt: number): number =>
  Math.random() * Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(attempt, 10))

/** Whether an error of AWS's SDKs may be gone at the next attempt: too much at once, a failure of theirs, a lost connection. */
export function isPassing(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false
  if (/Throttl|TooManyRequests|LimitExceeded|Timeout/.test(thrown.name)) return true
  const status = statusOf(thrown)
  if (status !== undefined) return status === 429 || status >= 500
  return "code" in thrown && typeof thrown.code === "string" && brokenConnection.has(thrown.code)
}

const brokenConnection: ReadonlySet<string> = new Set([
  "ECONNRESET",
  "ECONNREFUSED",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
])

function statusOf(error: Error): number | undefined {
  if (!("$metadata" in error)) return undefined
  const { httpStatusCode } = error.$metadata as { httpStatusCode?: number }
  return httpStatusCode
}
