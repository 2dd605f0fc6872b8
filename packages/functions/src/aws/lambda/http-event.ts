import * as v from "valibot"
import { headers } from "./headers.ts"

/** Payload format 2.0 (https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html). */
const httpEvent = v.object({
  rawPath: v.string(),
  rawQueryString: v.nullish(v.string(), ""),
  headers,
  requestContext: v.object({ http: v.object({ method: v.string() }) }),
  body: v.nullish(v.string()),
  isBase64Encoded: v.nullish(v.boolean(), false),
})

/**
 * The request that a function URL passes on; `site` is our own origin. `signal` ends when its client leaves.
 *
 * @throws TypeError for what cannot be a request: an odd path, a header outside of Latin-1
 */
export function toRequest(event: unknown, site: string, signal: AbortSignal): Request {
  const { rawPath, rawQueryString, headers, requestContext, body, isBase64Encoded } = v.parse(httpEvent, event)
  const { method } = requestContext.http
  const query = rawQueryString === "" ? "" : `?${rawQueryString}`
  // A GET of the Fetch standard has no body, and none of ours wants one.
  const hasBody = body !== undefined && body !== null && body !== "" && method !== "GET" && method !== "HEAD"
  const bytes = hasBody ? Buffer.from(body, isBase64Encoded ? "base64" : "utf8") : undefined
  const sent = new Headers([...headers])
  if (bytes !== undefined) sent.set("content-length", String(bytes.length))
  return new Request(`${site}${rawPath}${query}`, {
    method,
    headers: sent,
    signal,
    ...(bytes !== undefined && { body: bytes }),
  })
}
