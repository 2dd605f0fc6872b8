import type { Socket } from "node:net"

export type Request = { path: string; body: string }

/** Reads HTTP requests with a Content-Length off a socket, one after the other. */
export function requestsOf(socket: Socket, take: (request: Request) => void): void {
  let received: Buffer = Buffer.alloc(0)
  socket.on("data", (data: Buffer) => {
    received = received.length === 0 ? data : Buffer.concat([received, data])
    for (let end = received.indexOf(blankLine); end >= 0; end = received.indexOf(blankLine)) {
      const head = received.toString("latin1", 0, end)
      const from = end + blankLine.length
      const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0)
      if (received.length < from + length) return
      const body = received.toString("utf8", from, from + length)
      received = received.subarray(from + length)
      take({ path: head.split(" ", 2)[1] ?? "", body })
    }
  })
}

const blankLine = "\r\n\r\n"
