import { type AddressInfo, type Server, type Socket, createServer } from "node:net"

/**
 * An Ollama server reduced to what a load needs, on a bare socket so that it costs little: every `/api/chat` is answered
 * by `chunks` pieces of seven characters, one each `intervalMs`, and the time of each write is kept.
 */
export type PacedUpstream = {
  url: string
  /** For each answer in the order of the requests: when each piece was written, by `performance.now()`. */
  written: Map<number, Float64Array>
  close(): Promise<void>
}

export async function startPacedUpstream(pace: { chunks: number; intervalMs: number }): Promise<PacedUpstream> {
  const written = new Map<number, Float64Array>()
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.on("error", () => socket.destroy())
    socket.on("close", () => sockets.delete(socket))
    let received = ""
    socket.on("data", (data) => {
      received += data.toString("latin1")
      for (let request = takeRequest(); request; request = takeRequest()) answer(socket, request)
    })
    const takeRequest = (): string | undefined => {
      const end = received.indexOf("\r\n\r\n")
      if (end < 0) return undefined
      const length = Number(/content-length: (\d+)/i.exec(received.slice(0, end))?.[1] ?? 0)
      if (received.length < end + 4 + length) return undefined
      const request = received.slice(0, end + 4 + length)
      received = received.slice(end + 4 + length)
      return request
    }
  })

  const answer = (socket: Socket, request: string): void => {
    if (request.startsWith("POST /api/chat")) return speak(socket, request)
    if (request.startsWith("GET /api/tags")) return json(socket, { models: [tag] })
    if (request.startsWith("GET /api/ps")) return json(socket, { models: [] })
    if (request.startsWith("GET /api/version")) return json(socket, { version: "0.40.0" })
    if (request.startsWith("POST /api/show")) return json(socket, { capabilities: ["completion"], model_info: {} })
    json(socket, {})
  }

  const speak = (socket: Socket, request: string): void => {
    const stream = Number(/stream (\d+)/.exec(request)?.[1] ?? 0)
    const times = new Float64Array(pace.chunks)
    written.set(stream, times)
    socket.write("HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n")
    let at = 0
    const next = (): void => {
      if (socket.destroyed) return
      if (at === pace.chunks) {
        socket.write(`${chunked(`${lastLine}\n`)}0\r\n\r\n`)
        return
      }
      times[at] = performance.now()
      at += 1
      socket.write(piece)
    }
    const begin = performance.now() + Math.random() * pace.intervalMs
    const tick = (): void => {
      next()
      if (at <= pace.chunks && !socket.destroyed) {
        if (at === pace.chunks && times[at - 1] !== undefined) return void setTimeout(next, pace.intervalMs)
        setTimeout(tick, begin + at * pace.intervalMs - performance.now())
      }
    }
    setTimeout(tick, begin - performance.now())
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    written,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

/** Seven characters to a piece, as models speak. */
export const pieceText = "seven c"

const tag = {
  name: "load:latest",
  model: "load:latest",
  size: 1,
  digest: "load",
  details: {},
  capabilities: ["completion"],
}
const line = (fields: object): string =>
  JSON.stringify({ model: "load:latest", created_at: "2026-01-01T00:00:00Z", ...fields })
const chunked = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`
const piece = chunked(`${line({ message: { role: "assistant", content: pieceText }, done: false })}\n`)
const lastLine = line({
  message: { role: "assistant", content: "" },
  done: true,
  done_reason: "stop",
  prompt_eval_count: 3,
  eval_count: 3,
})

function json(socket: Socket, body: object): void {
  const text = JSON.stringify(body)
  socket.write(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`)
}
