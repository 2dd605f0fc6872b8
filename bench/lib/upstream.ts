import { type AddressInfo, type Server, type Socket, createServer } from "node:net"
import { type Request, requestsOf } from "./requests.ts"

/** How a stand-in speaks: pieces of text at a pace. */
export type Pace = {
  /** The pieces of every answer; a question that says `9 pieces` gets the first nine of them, over and over if need be. */
  pieces: readonly string[]
  intervalMs: number
  /** The first piece comes after a random part of the interval, so that many answers do not speak in one breath. */
  spread?: boolean
}

/**
 * An Ollama server reduced to what a load needs, on bare sockets so that it costs little. A question that says
 * `stream 7` makes its answer known under that number.
 */
export type Upstream = {
  url: string
  /** When each piece of an answer was written, by `performance.now()`; 0 for those to come. */
  written(stream: number): Float64Array | undefined
  close(): Promise<void>
}

/** Seven characters to a piece, as models speak. */
export const sevenCharacters = ["seven c"]

export async function startUpstream(pace: Pace): Promise<Upstream> {
  const times = new Map<number, Float64Array>()
  const sockets = new Set<Socket>()
  const encoded = pace.pieces.map((content) => asChunk({ message: { role: "assistant", content }, done: false }))

  const speak = (socket: Socket, { body }: Request): void => {
    const question = lastQuestion(body)
    const count = Number(/(\d+) pieces/.exec(question)?.[1] ?? encoded.length)
    const written = new Float64Array(count)
    times.set(Number(/stream (\d+)/.exec(question)?.[1] ?? 0), written)
    socket.write("HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n")
    const began = performance.now() + (pace.spread ? Math.random() * pace.intervalMs : 0)
    let at = 0
    const next = (): void => {
      if (socket.destroyed) return
      if (at === count) return void socket.write(lastChunk)
      written[at] = performance.now()
      socket.write(encoded[at % encoded.length] ?? "")
      at += 1
      setTimeout(next, began + at * pace.intervalMs - performance.now())
    }
    if (pace.spread) setTimeout(next, began - performance.now())
    else next()
  }

  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.on("error", () => socket.destroy())
    socket.on("close", () => sockets.delete(socket))
    requestsOf(socket, (request) => {
      if (request.path === "/api/chat") speak(socket, request)
      else sendJson(socket, facts[request.path] ?? {})
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    written: (stream) => times.get(stream),
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

const facts: Record<string, object> = {
  "/api/tags": {
    models: [
      { name: "load:latest", model: "load:latest", size: 1, digest: "load", details: {}, capabilities: ["completion"] },
    ],
  },
  "/api/ps": { models: [] },
  "/api/version": { version: "0.40.0" },
  "/api/show": { capabilities: ["completion"], model_info: {} },
}

function lastQuestion(body: string): string {
  const { messages } = JSON.parse(body) as { messages: { content: string }[] }
  return messages.at(-1)?.content ?? ""
}

function asChunk(fields: object): string {
  const line = `${JSON.stringify({ model: "load:latest", created_at: "2026-01-01T00:00:00Z", ...fields })}\n`
  return `${Buffer.byteLength(line).toString(16)}\r\n${line}\r\n`
}

const lastChunk = `${asChunk({
  message: { role: "assistant", content: "" },
  done: true,
  done_reason: "stop",
  prompt_eval_count: 3,
  eval_count: 3,
})}0\r\n\r\n`

function sendJson(socket: Socket, body: object): void {
  const text = JSON.stringify(body)
  socket.write(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`)
}
