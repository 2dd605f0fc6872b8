import { Agent as HttpAgent, request as httpRequest } from "node:http"
import type { ClientRequest, IncomingMessage } from "node:http"
import { Agent as HttpsAgent, request as httpsRequest } from "node:https"
import type { ProviderFetch, ProviderFetchInit, ProviderResponse } from "@omnichat/core/model/provider"
import { chunksOf } from "./http-chunks.ts"

export type HttpFetchOptions = {
  /** Milliseconds until a probe of a connection whose model is silent. Default 30 s. */
  probeMs?: number
  /** Milliseconds that a connection may take: a machine that is gone refuses none, it says nothing. Default: as the system has it. */
  connectMs?: number
  /** Whether connections are used again. Default true. */
  keepsConnections?: boolean
}

/**
 * A `fetch` for model servers on node:http and node:https. It differs from the global one where answers of models need
 * it: silence is never a reason to give up (the global one stops after 5 minutes, and a model may take longer to load),
 * aborting destroys the socket at once, and a chunk costs about half as much processor time. Redirects are not followed.
 * It rejects with the signal's reason, or with an error whose `cause.code` is Node's.
 */
export function createHttpFetch(options: HttpFetchOptions = {}): ProviderFetch {
  const { probeMs = 30_000, connectMs, keepsConnections = true } = options
  const settings = { keepAlive: keepsConnections, keepAliveMsecs: probeMs }
  const agents = { "http:": new HttpAgent(settings), "https:": new HttpsAgent(settings) }
  return (url, init) => {
    const target = new URL(url)
    if (target.protocol !== "http:" && target.protocol !== "https:") {
      return Promise.reject(new TypeError(`${target.protocol} is not supported, only http: and https: are`))
    }
    return send(target, init, { agent: agents[target.protocol], probeMs, connectMs })
  }
}

type How = { agent: HttpAgent | HttpsAgent | false; probeMs: number; connectMs: number | undefined }

function send(url: URL, init: ProviderFetchInit, how: How): Promise<ProviderResponse> {
  const { signal, body } = init
  const { agent, probeMs, connectMs } = how
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(reasonOf(signal))
    const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) }
    const request = (url.protocol === "https:" ? httpsRequest : httpRequest)(url, {
      method: init.method,
      headers: { ...init.headers, ...length },
      agent,
    })
    let response: IncomingMessage | undefined
    const abort = () => (response ?? request).destroy(reasonOf(signal))
    request.once("close", whenAborted(signal, abort))
    request.once("response", (received) => {
      response = received
      resolve(responseOf(received))
    })
    request.on("error", (error: NodeJS.ErrnoException) => {
      if (signal.aborted) reject(reasonOf(signal))
      else if (agent && request.reusedSocket && error.code === "ECONNRESET") {
        // The server closed an idle connection just as it was taken up again; nothing was asked of it yet.
        resolve(send(url, init, { ...how, agent: false }))
      } else reject(new Error(`${init.method} ${url.href} failed`, { cause: error }))
    })
    if (connectMs !== undefined) limitConnecting(request, connectMs)
    request.once("socket", (socket) => socket.setKeepAlive(true, probeMs))
    request.end(body)
  })
}

function limitConnecting(request: ClientRequest, ms: number): void {
  const late = setTimeout(() => {
    const error = new Error(`nothing answered within ${ms} ms`)
    request.destroy(Object.assign(error, { code: "ETIMEDOUT" }))
  }, ms)
  const done = () => clearTimeout(late)
  request.once("close", done)
  request.once("socket", (socket) => (socket.connecting ? void socket.once("connect", done) : done()))
}

const callsUnder = new WeakMap<AbortSignal, Set<() => void>>()

/**
 * Calls `abort` when the signal is aborted; gives what ends that. However many calls share a signal, as when the models
 * of several servers are listed for one run, it has one listener: Node warns of more than ten.
 */
function whenAborted(signal: AbortSignal, abort: () => void): () => void {
  const calls = callsUnder.get(signal) ?? new Set()
  if (!callsUnder.has(signal)) {
    callsUnder.set(signal, calls)
    signal.addEventListener("abort", () => calls.forEach((call) => call()), { once: true })
  }
  calls.add(abort)
  return () => void calls.delete(abort)
}

const reasonOf = ({ reason }: AbortSignal): Error =>
  reason instanceof Error ? reason : new Error("aborted", { cause: reason })

function responseOf(response: IncomingMessage): ProviderResponse {
  // Whoever reads the body meets the error there; without a reader it must not end the process.
  response.on("error", () => undefined)
  const body = { [Symbol.asyncIterator]: () => chunksOf(response) }
  return {
    status: response.statusCode ?? 0,
    headers: {
      get(name) {
        const value = response.headers[name.toLowerCase()]
        return Array.isArray(value) ? value.join(", ") : (value ?? null)
      },
    },
    body,
    async text() {
      const pieces: Uint8Array[] = []
      for await (const piece of body) pieces.push(piece)
      return Buffer.concat(pieces).toString("utf8")
    },
  }
}
