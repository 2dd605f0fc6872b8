import type {
  ModelEvent,
  ModelProvider,
  ModelRequest,
  ProviderFetch,
  ProviderFetchInit,
} from "../src/model/provider.ts"

/** A `fetch` in memory: replies by path, and what was asked. */
export type Reply = { status?: number; headers?: Record<string, string>; chunks?: Iterable<Uint8Array>; fails?: Error }
export type Asked = { url: string; init: ProviderFetchInit }

export function cannedFetch(replies: Record<string, Reply | string>): { fetch: ProviderFetch; asked: Asked[] } {
  const asked: Asked[] = []
  return {
    asked,
    async fetch(url, init) {
      asked.push({ url, init })
      const reply = replies[new URL(url).pathname]
      if (reply === undefined) return response({ status: 404, chunks: [bytes("404 page not found")] })
      if (typeof reply === "string") return response({ chunks: [bytes(reply)] })
      if (reply.fails && !reply.chunks) throw reply.fails
      return response(reply)
    },
  }
}

function response({ status = 200, headers = {}, chunks = [], fails }: Reply): Awaited<ReturnType<ProviderFetch>> {
  async function* body() {
    yield* chunks
    if (fails) throw fails
  }
  return {
    status,
    headers: { get: (name) => headers[name] ?? null },
    body: body(),
    async text() {
      let text = ""
      for await (const chunk of body()) text += new TextDecoder().decode(chunk)
      return text
    },
  }
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Cuts bytes at the given places. */
export function cutAt(whole: Uint8Array, places: readonly number[]): Uint8Array[] {
  const cuts = [...new Set(places.map((place) => place % (whole.length + 1)))].sort((a, b) => a - b)
  return [...cuts, whole.length].map((end, index) => whole.subarray(cuts[index - 1] ?? 0, end))
}

/** What came of an answer: its events, and what it threw instead of an end. */
export type Outcome = { events: ModelEvent[]; error?: { code: unknown; message: string } }

export async function outcome(provider: ModelProvider, request: ModelRequest): Promise<Outcome> {
  const events: ModelEvent[] = []
  try {
    for await (const event of provider.stream(request, new AbortController().signal)) events.push(event)
    return { events }
  } catch (thrown) {
    const { code, message } = thrown as Error & { code?: unknown }
    return { events, error: { code, message } }
  }
}

/** The text and the reasoning in events, as a reader has them. */
export function said(events: readonly ModelEvent[]): { text: string; reasoning: string } {
  const join = (type: ModelEvent["type"]) =>
    events.map((event) => (event.type === type && "delta" in event ? event.delta : "")).join("")
  return { text: join("text-delta"), reasoning: join("reasoning-delta") }
}

export const ask = (text: string): ModelRequest["messages"] => [{ role: "user", content: [{ type: "text", text }] }]
