import { once } from "node:events"
import { connect } from "node:net"

export type RawResponse = { status: number; headers: Map<string, string>; body: string }

/**
 * Sends exactly these lines and bytes over TCP, and reads until the server ends the connection or the body is complete:
 * for what no HTTP client would send.
 */
export async function rawHttp(port: number, lines: string[], body: string | Uint8Array = ""): Promise<RawResponse> {
  const socket = connect(port, "127.0.0.1")
  await once(socket, "connect")
  socket.write(`${lines.join("\r\n")}\r\n\r\n`)
  if (body.length > 0) socket.write(body)
  let text = ""
  for await (const chunk of socket) {
    text += (chunk as Buffer).toString("latin1")
    if (isComplete(text)) break
  }
  socket.destroy()
  return parse(text)
}

/** A request line and `Host`, then these headers. */
export const ask = (port: number, request: string, ...headers: string[]): string[] => [
  `${request} HTTP/1.1`,
  `Host: 127.0.0.1:${port}`,
  ...headers,
]

/** What makes a request an upgrade to a socket (RFC 6455, section 4.1). */
export const upgrade = [
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "Sec-WebSocket-Version: 13",
]

function isComplete(text: string): boolean {
  const end = text.indexOf("\r\n\r\n")
  if (end < 0) return false
  const { status, headers } = parse(text)
  if (status === 101 || status === 204 || status === 304) return true
  const length = headers.get("content-length")
  return length !== undefined && text.length - end - 4 >= Number(length)
}

function parse(text: string): RawResponse {
  const [head = "", ...rest] = text.split("\r\n\r\n")
  const [statusLine = "", ...lines] = head.split("\r\n")
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(":")
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
  })
  return { status: Number(statusLine.split(" ")[1]), headers: new Map(headers), body: rest.join("\r\n\r\n") }
}
