import { once } from "node:events"
import { createServer } from "node:http"
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

/** What the stand-ins for model servers share: a real HTTP server on a free port, and answers with faults on demand. */

/** How one model of a stand-in answers. */
export type Script = {
  /** What it says; by default a text made from the prompt (`echo`). */
  text?: string
  /** What it thinks before that. */
  thinking?: string
  /** Default 7, about a token. */
  charactersPerChunk?: number
  /** Between two chunks; by default as fast as it goes. */
  intervalMs?: number
  /** Falls silent after so many chunks until `release()`. */
  holdAfter?: number
  /** What goes wrong, after `faultAfter` chunks (default 3; the end for `no-end`). */
  fault?: "die" | "garbage" | "error" | "no-end"
  faultAfter?: number
  /** Writes so many bytes at a time, cutting lines and characters. */
  bytesPerWrite?: number
  /** Answers with this status instead of an answer. */
  status?: number
  headers?: Record<string, string>
  finishReason?: string
}

/** The prompt as a stand-in saw it. */
export type SeenPrompt = { system?: string; messages: { role: string; text: string; images: number }[] }

/** What a model without a text of its own says: enough to check what it was given. */
export function echo({ system, messages }: SeenPrompt): string {
  const last = messages.at(-1)
  const asked = messages.findLast((message) => message.role === "user")
  const images = messages.reduce((sum, message) => sum + message.images, 0)
  if (last?.role === "assistant") return ` — and on it goes after "${last.text.slice(-24)}".`
  const facts = [
    `messages: ${messages.length}`,
    ...(images > 0 ? [`images: ${images}`] : []),
    ...(system === undefined ? [] : [`system: ${system}`]),
  ]
  return `You said: ${asked?.text ?? ""} (${facts.join(", ")})`
}

type Ending = "answered" | "left"

export type SeenRequest = {
  method: string
  path: string
  headers: IncomingHttpHeaders
  /** Parsed, when it is JSON. */
  body: unknown
  /** Resolves when the exchange is over: `answered`, or `left` when the client went away before the end. */
  ended: Promise<Ending>
}

/** The words of one API for the parts of an answer. */
export type Wire = {
  contentType: string
  /** The body of a refusal. */
  refusal(message: string): string
  chunk(kind: "text" | "thinking", text: string): string | Uint8Array
  garbage: string | Uint8Array
  error(message: string): string | Uint8Array
  end(script: Script, chunks: number): string | Uint8Array
}

export type ModelServer = {
  url: string
  /** Everything that was asked, oldest first. */
  requests: SeenRequest[]
  /** Resolves with the request number `count` (from 1) on this path as soon as it has come. */
  received(path: string, count?: number): Promise<SeenRequest>
  /** How many requests there were on this path. */
  count(path: string): number
  /** Resolves as soon as an answer has fallen silent (`holdAfter`). */
  held(): Promise<void>
  /** Lets every answer that is silent now go on. */
  release(): void
  /** Ends every connection and the server. */
  close(): Promise<void>
}

export type Exchange = {
  request: SeenRequest
  response: ServerResponse
  play: (wire: Wire, script: Script) => Promise<void>
}

type Route = (exchange: Exchange) => void | Promise<void>

/**
 * `routes` are keyed by method and path, `POST /api/chat`, or looked up by that. Beside them there is `POST /release`, for
 * those who have the server in another process.
 */
export async function startModelServer(
  routes: Record<string, Route> | ((methodAndPath: string) => Route | undefined),
  port = 0,
): Promise<ModelServer> {
  const requests: SeenRequest[] = []
  const watchers = new Set<() => void>()
  const silent = new Set<() => void>()

  /** Resolves with what `look` gives, as soon as it gives something; it looks again whenever something has happened. */
  function watch<T>(look: () => T | undefined): Promise<T> {
    return new Promise((resolve) => {
      const watcher = () => {
        const found = look()
        if (found === undefined) return
        watchers.delete(watcher)
        resolve(found)
      }
      watchers.add(watcher)
      watcher()
    })
  }
  const happened = () => [...watchers].forEach((watcher) => watcher())
  const silence = (response: ServerResponse) =>
    new Promise<void>((resolve) => {
      if (response.destroyed) return resolve()
      const goOn = () => {
        silent.delete(goOn)
        resolve()
      }
      silent.add(goOn)
      response.once("close", goOn)
      happened()
    })

  const release = () => {
    for (const goOn of [...silent]) goOn()
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const ended = once(response, "close").then((): Ending => (response.writableFinished ? "answered" : "left"))
    const body = await bodyOf(request)
    const path = request.url ?? ""
    const seen = { method: request.method ?? "", path, headers: request.headers, body, ended }
    requests.push(seen)
    happened()
    if (path === "/release") {
      release()
      response.end()
      return
    }
    const wanted = `${request.method} ${path}`
    const route = typeof routes === "function" ? routes(wanted) : routes[wanted]
    if (route === undefined) {
      response.writeHead(404, { "content-type": "text/plain" }).end("404 page not found")
      return
    }
    await route({ request: seen, response, play: (wire, script) => play(response, wire, script, silence) })
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((thrown: unknown) => {
      console.error("the stand-in failed", thrown)
      response.destroy()
    })
  })
  server.listen(port, "127.0.0.1")
  await once(server, "listening")
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    release,
    held: async () => void (await watch(() => (silent.size > 0 ? true : undefined))),
    received: (path, count = 1) => watch(() => requests.filter((request) => request.path === path)[count - 1]),
    count: (path) => requests.filter((request) => request.path === path).length,
    async close() {
      release()
      const closed = once(server, "close")
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  const text = Buffer.concat(pieces).toString("utf8")
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Says what a script has to say, and goes wrong where it says so. */
async function play(
  response: ServerResponse,
  wire: Wire,
  script: Script,
  silence: (response: ServerResponse) => Promise<void>,
): Promise<void> {
  const { charactersPerChunk = 7, intervalMs, holdAfter, fault, bytesPerWrite, status } = script
  if (status !== undefined) {
    response.writeHead(status, { "content-type": "application/json", ...script.headers })
    return void response.end(wire.refusal(`a failure with status ${status}`))
  }
  response.writeHead(200, { "content-type": wire.contentType, ...script.headers })
  response.flushHeaders()
  const parts = [
    ...cut(script.thinking ?? "", charactersPerChunk).map((text) => wire.chunk("thinking", text)),
    ...cut(script.text ?? "", charactersPerChunk).map((text) => wire.chunk("text", text)),
  ]
  const faultAt = fault === undefined ? parts.length : (script.faultAfter ?? (fault === "no-end" ? parts.length : 3))
  for (const [index, part] of parts.entries()) {
    if (index === holdAfter) await silence(response)
    if (index >= faultAt) break
    if (response.destroyed) return
    await write(response, part, bytesPerWrite)
    await pause(intervalMs)
  }
  if (holdAfter !== undefined && holdAfter >= parts.length) await silence(response)
  if (response.destroyed) return
  if (fault === "die") return void response.destroy()
  if (fault === "garbage") await write(response, wire.garbage, bytesPerWrite)
  if (fault === "error") await write(response, wire.error("the model runner has died"), bytesPerWrite)
  if (fault === undefined) await write(response, wire.end(script, parts.length), bytesPerWrite)
  response.end()
}

async function write(response: ServerResponse, part: string | Uint8Array, bytesPerWrite?: number): Promise<void> {
  const bytes = Buffer.from(part)
  const size = bytesPerWrite ?? bytes.length
  for (let from = 0; from < bytes.length; from += size) {
    response.write(bytes.subarray(from, from + size))
    if (bytesPerWrite !== undefined) await pause()
  }
}

const pause = (ms?: number): Promise<void> =>
  new Promise((resolve) => (ms === undefined ? setImmediate(resolve) : setTimeout(resolve, ms)))

/** Cuts between characters, not inside surrogate pairs. */
function cut(text: string, size: number): string[] {
  const characters = [...text]
  return Array.from({ length: Math.ceil(characters.length / size) }, (_, at) =>
    characters.slice(at * size, (at + 1) * size).join(""),
  )
}

/** An address on this machine where nobody listens. */
export async function closedAddress(): Promise<string> {
  const server = createServer()
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, "close")
  return `http://127.0.0.1:${port}`
}
