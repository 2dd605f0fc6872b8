import { once } from "node:events"
import { createServer } from "node:http"
import type { IncomingMessage, Server, ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

export type Listening = { server: Server; url: string; close(): Promise<void> }
type Handle = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>

/** An HTTP server of a stand-in on a free port. A client that leaves half-way ends its exchange and nothing else. */
export async function listen(handle: Handle): Promise<Listening> {
  const server = createServer((request, response) => {
    Promise.resolve(handle(request, response)).catch(() => response.destroy()) // a client that gave up
  })
  // Functions are stopped between two events, for longer than a connection is usually kept.
  server.keepAliveTimeout = 60_000
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  return {
    server,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = once(server, "close")
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

export async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  return Buffer.concat(pieces)
}

/** A refusal as AWS's services with JSON say it. */
export function refuse(response: ServerResponse, status: number, type: string, message = "refused"): void {
  response.writeHead(status, { "content-type": "application/json", "x-amzn-errortype": type })
  response.end(JSON.stringify({ message }))
}
