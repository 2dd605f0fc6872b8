import * as v from "valibot"

/** What may be asked of a server of the pool. Its models are the agent's to change. */
const paths = ["/api/chat", "/api/generate", "/api/embed", "/api/show", "/api/tags", "/api/ps", "/api/version"] as const

/** The event of the proxy: a call of one server's Ollama. */
export const proxyCall = v.object({
  callId: v.pipe(v.string(), v.regex(/^[\w-]{8,64}$/)),
  address: v.string(),
  method: v.picklist(["GET", "POST"]),
  path: v.picklist(paths),
  headers: v.optional(v.record(v.string(), v.string()), {}),
  body: v.optional(v.string()),
})
export type ProxyCall = v.InferInput<typeof proxyCall>

/** The proxy's first line. What follows a status are the bytes of the body, as they come; nothing follows an error. */
export const prelude = v.union([
  v.object({ status: v.number(), headers: v.record(v.string(), v.string()) }),
  v.object({ error: v.object({ code: v.string(), message: v.string() }) }),
])
export type Prelude = v.InferOutput<typeof prelude>
