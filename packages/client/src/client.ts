import { realClock } from "./clock.ts"
import type { Client, ClientOptions } from "./contract.ts"
import { SocketClient } from "./socket-client.ts"
import type { WebSocketConstructor } from "./socket.ts"

export type { Clock } from "./clock.ts"
export type { Client, ClientOptions, StartOptions } from "./contract.ts"
export { ClientError } from "./errors.ts"
export type { ClientErrorCode } from "./errors.ts"
export type { HttpApi, PageOptions } from "./http.ts"
export type { ConnectionState } from "./link.ts"
export type { Run, RunEntry } from "./run.ts"
export type { WebSocketConstructor } from "./socket.ts"
export type { Token } from "./token.ts"
export type { UploadOptions } from "./upload.ts"

/** Throws a TypeError where the address or the WebSocket is missing and has no default. Opens nothing. */
export function createClient(options: ClientOptions = {}): Client {
  return new SocketClient({
    baseUrl: baseUrl(options),
    token: async (refused) => {
      const given = await options.token?.(refused)
      return typeof given === "string" ? { text: given } : given
    },
    renewable: options.token !== undefined,
    fetch: options.fetch ?? globalThis.fetch.bind(globalThis),
    WebSocket: webSocket(options),
    clock: options.clock ?? realClock,
    gather: options.gather ?? (() => 0),
  })
}

function baseUrl({ baseUrl: given }: ClientOptions): string {
  const url = given ?? (typeof location === "object" ? location.origin : undefined)
  if (url === undefined) throw new TypeError("baseUrl is missing: outside a browser it has no default.")
  return url.replace(/\/+$/, "")
}

function webSocket({ WebSocket: given }: ClientOptions): WebSocketConstructor {
  const found = given ?? globalThis.WebSocket
  if (found === undefined)
    throw new TypeError("WebSocket is missing: this JavaScript has none, so give one, such as that of the package ws.")
  return found
}
