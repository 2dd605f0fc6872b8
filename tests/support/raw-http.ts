import { request as httpRequest } from "node:http"
import type { IncomingHttpHeaders, IncomingMessage } from "node:http"
import { connect } from "node:net"
import { guardMs } from "./raw-client.ts"

/** Plain HTTP, Server-Sent Events and bare TCP for the scenarios: every header as it is given, nothing followed. */

export type HttpAnswer = {
  status: number
  headers: IncomingHttpHeaders
  bytes: Buffer
  text: string
  /** Parsed, when it says that it is JSON. */
  body: unknown
}

export type HttpOptions = {
  headers?: Record<string, string>
  /** An object goes as JSON with its content type, unless the headers name another. */
  body?: object | string | Buffer
  /** Leaves `Content-Length` out. */
  chunked?: boolean
}

export async function http(method: string, url: string, options: HttpOptions = {}): Promise<HttpAnswer> {
  const response = await respond(method, url, options)
  const pieces: Buffer[] = []
  for await (const piece of response) pieces.push(piece as Buffer)
  const bytes = Buffer.concat(pieces)
  const text = bytes.toString("utf8")
  const isJson = /^application\/json\b/.test(response.headers["content-type"] ?? "")
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    bytes,
    text,
    body: isJson ? (JSON.parse(text) as unknown) : undefined,
  }
}

async function respond(method: string, url: string, options: HttpOptions): Promise<IncomingMessage> {
  const { headers = {}, body, chunked = false } = options
  const plain = body === undefined || typeof body === "string" || Buffer.isBuffer(body)
  const bytes = Buffer.from(plain ? (body ?? "") : JSON.stringify(body))
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, {
      method,
      agent: false,
      headers: {
        ...(plain ? {} : { "content-type": "application/json" }),
        ...(body === undefined || chunked ? {} : { "content-length": String(bytes.length) }),
        ...headers,
      },
    })
    request.setTimeout(guardMs, () => request.destroy(new Error(`${method} ${url} was not answered`)))
    let answered = false
    request.once("response", (response) => {
      answered = true
      resolve(response)
    })
    // A server may answer and close before it has read all that is sent.
    request.on("error", (error) => {
      if (!answered) reject(error)
    })
    request.end(bytes)
  })
}

export type SseEntry = { id?: string; data?: string }

/** A stream of Server-Sent Events, read by the rules of the HTML standard. */
export class SseStream {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly entries: SseEntry[] = []
  comments = 0
  ended = false
  /** Lines that are neither a field we know nor a comment. */
  readonly strange: string[] = []
  readonly #response: IncomingMessage
  readonly #watchers = new Set<() => void>()
  #rest = ""
  #entry: SseEntry = {}

  constructor(response: IncomingMessage) {
    this.#response = response
    this.status = response.statusCode ?? 0
    this.headers = response.headers
    response.setEncoding("utf8")
    response.on("data", (text: string) => this.#read(text))
    response.on("error", () => {})
    response.on("close", () => {
      this.ended = true
      this.#look()
    })
  }

  /** What stands in `data:` as JSON, by number; the end mark is left out. */
  get events(): { number: number; event: unknown }[] {
    return this.entries
      .filter((entry) => entry.data !== "[DONE]")
      .map(({ id, data = "" }) => ({ number: Number(id), event: JSON.parse(data) as unknown }))
  }

  async until<T>(look: () => T | undefined, what: string): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const watch = () => {
        const found = look()
        if (found === undefined && !this.ended) return
        settle()
        if (found === undefined) reject(new Error(`the stream ended before ${what} came`))
        else resolve(found)
      }
      const guard = setTimeout(() => {
        settle()
        reject(new Error(`${what} did not come`))
      }, guardMs)
      const settle = () => {
        clearTimeout(guard)
        this.#watchers.delete(watch)
      }
      this.#watchers.add(watch)
      watch()
    })
  }

  /** Everything, once the server has ended the stream. */
  async whole(): Promise<SseEntry[]> {
    await this.until(() => this.ended || undefined, "the end of the stream")
    return this.entries
  }

  close(): void {
    this.#response.destroy()
  }

  #read(text: string): void {
    const lines = `${this.#rest}${text}`.split("\n")
    this.#rest = lines.pop() ?? ""
    for (const line of lines) this.#readLine(line.replace(/\r$/, ""))
    this.#look()
  }

  #readLine(line: string): void {
    const [, field = "", value = ""] = /^([^:]*):? ?(.*)$/.exec(line) ?? []
    if (line === "") {
      if (Object.keys(this.#entry).length > 0) this.entries.push(this.#entry)
      this.#entry = {}
    } else if (line.startsWith(":")) this.comments += 1
    else if (field === "data") {
      this.#entry.data = this.#entry.data === undefined ? value : `${this.#entry.data}\n${value}`
    } else if (field === "id") this.#entry.id = value
    else this.strange.push(line)
  }

  #look(): void {
    for (const watch of this.#watchers) watch()
  }
}

export async function openSse(url: string, headers: Record<string, string> = {}): Promise<SseStream> {
  return new SseStream(await respond("GET", url, { headers: { accept: "text/event-stream", ...headers } }))
}

/** Sends exactly these bytes and resolves with the status and the head of what comes back; 0 when nothing does. */
export async function exchange(url: string, bytes: string | Buffer): Promise<{ status: number; head: string }> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    let received = ""
    const socket = connect(Number(port), hostname)
    const finish = () => {
      clearTimeout(guard)
      socket.destroy()
      const [head = ""] = received.split("\r\n\r\n")
      resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0), head })
    }
    const guard = setTimeout(() => {
      socket.destroy()
      reject(new Error(`nothing came back for ${String(bytes).slice(0, 200)}`))
    }, guardMs)
    socket.setEncoding("latin1")
    socket.on("data", (text: string) => {
      received += text
      if (received.includes("\r\n\r\n")) finish()
    })
    socket.on("error", () => {})
    socket.on("close", finish)
    socket.write(bytes)
  })
}
