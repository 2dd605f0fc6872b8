import { request as httpRequest } from "node:http"
import type { IncomingMessage } from "node:http"
import type { ProviderFetch, ProviderResponse } from "@omnichat/core/model/provider"

/** A server that is gone does not refuse a connection, it says nothing. In milliseconds. */
const connectLimit = 3000
/** A probe of the connection while a model is silent. In milliseconds. */
const tcpProbe = 10_000

/**
 * A `fetch` for Ollama on the same machine or network, over http only. However long it says nothing is no reason to give
 * up, for a model may take minutes to load; a connection must come within 3 s. It rejects with the signal's reason, or
 * with an error whose `code` is Node's. Every call has a connection of its own.
 */
export const modelFetch: ProviderFetch = (url, { method, headers, body, signal }) =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(reasonOf(signal))
    const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) }
    const request = httpRequest(url, { method, headers: { ...headers, ...length }, agent: false })
    const late = setTimeout(() => {
      const error = new Error(`nothing answers at ${new URL(url).host}`)
      request.destroy(Object.assign(error, { code: "ETIMEDOUT" }))
    }, connectLimit)
    const abort = () => void request.destroy(reasonOf(signal))
    signal.addEventListener("abort", abort, { once: true })
    request.once("socket", (socket) => {
      socket.setKeepAlive(true, tcpProbe)
      socket.once("connect", () => clearTimeout(late))
    })
    request.once("response", (response) => resolve(responseOf(response)))
    request.once("close", () => {
      clearTimeout(late)
      signal.removeEventListener("abort", abort)
    })
    request.on("error", (error) => reject(signal.aborted ? reasonOf(signal) : error))
    request.end(body)
  })

const reasonOf = ({ reason }: AbortSignal): Error =>
  reason instanceof Error ? reason : new Error("aborted", { cause: reason })

function responseOf(response: IncomingMessage): ProviderResponse {
  // Whoever reads the body meets the error there; without a reader it must not end the process.
  response.on("error", () => undefined)
  const body: AsyncIterable<Buffer> = response
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
      const pieces: Buffer[] = []
      for await (const piece of body) pieces.push(piece)
      return Buffer.concat(pieces).toString("utf8")
    },
  }
}
