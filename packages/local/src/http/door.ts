import { once } from "node:events"
import { createServer } from "node:http"
import type { IncomingMessage, ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import type { Duplex } from "node:stream"
import { describe } from "@omnichat/core/log"
import type { Log } from "@omnichat/core/log"
import { tell } from "@omnichat/functions/errors"
import { cannotListen } from "./cannot-listen.ts"
import { guard, isPagePath } from "./guard.ts"
import { refuse, refuseUpgrade, Starting } from "./refuse.ts"

/** What lies behind the door. */
export type Handlers = {
  api(request: IncomingMessage, response: ServerResponse): Promise<void>
  page(request: IncomingMessage, response: ServerResponse): Promise<void>
  socket(request: IncomingMessage, stream: Duplex, head: Buffer): void
}

export type Door = {
  port: number
  url: string
  /** Until this is called every request is told that the server is starting. */
  open(handlers: Handlers): void
  /** Takes no new connections. */
  shut(): void
  /** Resolves when every connection has ended; those that have not after `graceMs` are cut. */
  close(graceMs: number): Promise<void>
}

/**
 * One port for requests and sockets. Nothing gets past it that the guard refuses.
 *
 * @throws CannotStart when the port cannot be had
 */
export async function openDoor(at: { host: string; port: number }, log: Log): Promise<Door> {
  let handlers: Handlers | undefined
  let isShut = false
  // Kept, because a server that is shut tells it no more, and connections that are open go on asking.
  let port = at.port
  const server = createServer((request, response) => {
    // a connection that is kept for the next request would hold up the end
    response.once("close", () => isShut && setImmediate(() => server.closeIdleConnections()))
    answer(request, response).catch((thrown: unknown) => {
      log.error("request-failed", { error: describe(thrown) })
      response.destroy()
    })
  })

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      guard(request, port)
      if (handlers === undefined) throw new Starting()
    } catch (thrown) {
      return refuse(response, tell(thrown, log, "guard"))
    }
    const isGet = request.method === "GET" || request.method === "HEAD"
    // what the guard lets pass from another site is the address of a page, and so comes to the pages only
    return isGet && isPagePath(request.url ?? "") ? handlers.page(request, response) : handlers.api(request, response)
  }

  server.on("upgrade", (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    try {
      guard(request, port)
      if (handlers === undefined) throw new Starting()
      handlers.socket(request, stream, head)
    } catch (thrown) {
      refuseUpgrade(stream, tell(thrown, log, "upgrade"))
    }
  })

  try {
    server.listen(at.port, at.host)
    await once(server, "listening")
    port = (server.address() as AddressInfo).port
  } catch (thrown) {
    throw await cannotListen(at, thrown)
  }
  server.on("error", (error) => log.error("server-error", { error: describe(error) }))

  return {
    port,
    url: `http://${at.host.includes(":") ? `[${at.host}]` : at.host}:${port}`,
    open: (given) => void (handlers = given),
    shut() {
      isShut = true
      server.close()
    },
    close: (graceMs) =>
      new Promise((resolve) => {
        isShut = true
        const cut = setTimeout(() => server.closeAllConnections(), graceMs)
        // an error says that it is closed already
        server.close(() => {
          clearTimeout(cut)
          resolve()
        })
        server.closeIdleConnections()
      }),
  }
}
