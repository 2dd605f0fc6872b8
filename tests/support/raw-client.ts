import { WebSocket } from "ws"
import type { RawData } from "ws"

/**
 * A client of the run protocol that knows docs/protocol.md and nothing of ours: raw frames over `ws`. What the page
 * forbids in any frame becomes an entry of `problems`.
 */

export type Event = { type: string; [key: string]: unknown }
export type Frame = { type?: unknown; [key: string]: unknown }
/** An ack, an error or a pong. */
export type Answer = Frame & { id: string }

/** A failure guard, never a measure: the machine is shared with whatever else is tested. */
export const guardMs = 30_000

/** The events of one run as one connection got them. */
export class RunLog {
  /** Numbered from `after` + 1, without a gap. */
  readonly events: Event[] = []
  readonly after: number
  /** How often this connection has asked for the run: more than once makes overlaps legal. */
  asked = 1
  /** Whether frames of it may come: not once an unfollow is acked. */
  wanted = true
  frames = 0
  emptyFrames = 0
  overlaps = 0
  gaps = 0
  readonly #aside = new Map<number, Event>()

  constructor(after: number) {
    this.after = after
  }

  get last(): number {
    return this.after + this.events.length
  }

  get ended(): boolean {
    return ["finish", "abort", "error"].includes(this.events.at(-1)?.type ?? "")
  }

  /** Takes a frame as G1 says; returns what is wrong with it. */
  take(from: number, events: Event[]): string | undefined {
    this.frames += 1
    if (events.length === 0) {
      this.emptyFrames += 1
      if (from > this.last + 1) this.gaps += 1
    }
    if (events.length > 0 && from <= this.last) this.overlaps += 1
    if (events.length > 0 && from > this.last + 1) this.gaps += 1
    for (const [index, event] of events.entries()) {
      const number = from + index
      const held = number <= this.last ? this.events[number - this.after - 1] : this.#aside.get(number)
      if (held !== undefined && JSON.stringify(held) !== JSON.stringify(event)) {
        return `event ${number} was ${JSON.stringify(held)} and is ${JSON.stringify(event)}`
      }
      if (number > this.last) this.#aside.set(number, event)
      this.#join()
    }
    return undefined
  }

  #join(): void {
    for (let next = this.#aside.get(this.last + 1); next !== undefined; next = this.#aside.get(this.last + 1)) {
      this.#aside.delete(this.last + 1)
      this.events.push(next)
    }
  }
}

export type OpenOptions = {
  headers?: Record<string, string>
  protocols?: string[]
  /** Looks at every frame; what it returns is a problem. */
  check?: (frame: Frame, bytes: number) => string | undefined
  /** Whether frames that were under way may come after an unfollow is acked (protocol A15). */
  stragglers?: boolean
}

/** The server answered the upgrade with a plain response. */
export class Refused extends Error {
  readonly status: number

  constructor(status: number) {
    super(`the upgrade was refused with ${status}`)
    this.status = status
  }
}

/** @throws Refused */
export async function openSocket(url: string, options: OpenOptions = {}): Promise<RawSocket> {
  const { protocols = [], headers = {} } = options
  const socket = new WebSocket(url, protocols, { headers, perMessageDeflate: false })
  const raw = new RawSocket(socket, options)
  await new Promise<void>((resolve, reject) => {
    socket.once("open", resolve)
    socket.once("error", reject)
    socket.once("unexpected-response", (request, response) => {
      request.destroy()
      response.resume()
      reject(new Refused(response.statusCode ?? 0))
    })
  })
  return raw
}

let actions = 0
/** An id for an action that no other action of this process has. */
export const actionId = (): string => `a${(actions += 1)}`

export class RawSocket {
  /** Every frame, in the order it came. */
  readonly frames: Frame[] = []
  readonly runs = new Map<string, RunLog>()
  readonly problems: string[] = []
  /** The largest frame, in bytes. */
  largest = 0
  closeCode: number | undefined
  readonly socket: WebSocket
  readonly #answers = new Map<string, Answer>()
  readonly #watchers = new Set<() => void>()
  readonly #check: OpenOptions["check"]
  readonly #stragglers: boolean

  constructor(socket: WebSocket, { check, stragglers = false }: OpenOptions = {}) {
    this.socket = socket
    this.#check = check
    this.#stragglers = stragglers
    socket.on("message", (data, isBinary) => this.#receive(data, isBinary))
    // A close event follows each error.
    socket.on("error", () => {})
    socket.on("close", (code) => {
      this.closeCode = code
      this.#look()
    })
  }

  get protocol(): string {
    return this.socket.protocol
  }

  /** Objects as JSON; buffers as a text message of exactly these bytes, in so many fragments. */
  send(message: object | string | Buffer, { fragments = 1, binary = false } = {}): void {
    const text = typeof message === "string" || Buffer.isBuffer(message) ? message : JSON.stringify(message)
    const bytes = Buffer.from(text)
    if (!binary) this.#expectRun(bytes)
    const size = Math.ceil(bytes.length / fragments)
    for (let part = 0; part < fragments; part += 1) {
      const piece = bytes.subarray(part * size, (part + 1) * size)
      this.socket.send(piece, { binary, fin: part === fragments - 1, compress: false })
    }
  }

  /** Sends an action, with an id if it has none, and resolves with its ack, error or pong. */
  async act(action: Frame): Promise<Answer> {
    const id = typeof action["id"] === "string" ? action["id"] : actionId()
    this.send({ ...action, id })
    return this.answer(id)
  }

  /** Once this is acked, no frame of the run may come. */
  async unfollow(runId: string): Promise<Answer> {
    const answer = await this.act({ action: "run.unfollow", runId })
    const log = this.runs.get(runId)
    if (log !== undefined && answer.type === "ack") log.wanted = false
    return answer
  }

  async answer(id: string): Promise<Answer> {
    return this.until(() => this.#answers.get(id), `the answer to ${id}`)
  }

  /** The first frame for which this holds, of those that have come and those that will. */
  async waitFor(holds: (frame: Frame) => boolean, what = "a frame"): Promise<Frame> {
    let seen = 0
    return this.until(() => {
      for (; seen < this.frames.length; seen += 1) {
        const frame = this.frames[seen]
        if (frame !== undefined && holds(frame)) return frame
      }
      return undefined
    }, what)
  }

  /** Resolves with what `look` finds, which is asked again after every frame. Fails when the connection closes. */
  async until<T>(look: () => T | undefined, what: string): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const watch = () => {
        const found = look()
        if (found === undefined && this.closeCode === undefined) return
        settle()
        if (found === undefined) reject(new Error(`closed with ${this.closeCode} before ${what} came`))
        else resolve(found)
      }
      const guard = setTimeout(() => {
        settle()
        reject(new Error(`${what} did not come; last frames: ${JSON.stringify(this.frames.slice(-5)).slice(0, 1000)}`))
      }, guardMs)
      const settle = () => {
        clearTimeout(guard)
        this.#watchers.delete(watch)
      }
      this.#watchers.add(watch)
      watch()
    })
  }

  log(runId: string): RunLog {
    const log = this.runs.get(runId)
    if (log === undefined) throw new Error(`${runId} was never asked for on this connection`)
    return log
  }

  /** The events of a run held so far, as soon as there are so many. */
  async events(runId: string, count: number): Promise<Event[]> {
    const log = this.log(runId)
    return this.until(() => (log.events.length >= count ? log.events : undefined), `event ${count} of ${runId}`)
  }

  /** The text of the answer so far, as soon as it holds this. */
  async said(runId: string, text: string): Promise<string> {
    const log = this.log(runId)
    const said = () => log.events.map((event) => (event.type === "text-delta" ? String(event["delta"]) : "")).join("")
    return this.until(() => (said().includes(text) ? said() : undefined), `"${text}" in ${runId}`)
  }

  /** All events after `after`, once the terminal one has come. */
  async ended(runId: string): Promise<Event[]> {
    const log = this.log(runId)
    return this.until(() => (log.ended ? log.events : undefined), `the end of ${runId}`)
  }

  /** All that the server had sent before this call has come when it resolves. */
  async roundTrip(): Promise<void> {
    await this.act({ action: "ping" })
  }

  async closed(): Promise<number> {
    // `until` gives up when the connection closes, and so asks once more with the code there.
    return this.until(() => this.closeCode, "the close")
  }

  /** As one says goodbye. */
  async close(): Promise<void> {
    this.socket.close()
    await this.closed()
  }

  /** As a network drops: no goodbye. */
  drop(): void {
    this.socket.terminate()
  }

  #expectRun(message: Buffer): void {
    const { action, runId, after } = parsed(message)
    if ((action !== "run.start" && action !== "run.follow") || typeof runId !== "string") return
    const log = this.runs.get(runId)
    if (log === undefined) this.runs.set(runId, new RunLog(typeof after === "number" ? after : 0))
    else {
      log.asked += 1
      log.wanted = true
    }
  }

  #receive(data: RawData, isBinary: boolean): void {
    const text = Buffer.isBuffer(data) ? data.toString("utf8") : Buffer.from(data as ArrayBuffer).toString("utf8")
    const bytes = Buffer.byteLength(text)
    this.largest = Math.max(this.largest, bytes)
    if (isBinary) this.problems.push("a binary frame")
    if (bytes > 30_000) this.problems.push(`a frame of ${bytes} bytes`)
    const frame = JSON.parse(text) as Frame
    this.frames.push(frame)
    const problem = this.#check?.(frame, bytes)
    if (problem !== undefined) this.problems.push(problem)
    if (frame.type === "run") this.#takeRun(frame)
    const { id } = frame
    if ((frame.type === "ack" || frame.type === "error" || frame.type === "pong") && typeof id === "string") {
      if (this.#answers.has(id)) this.problems.push(`a second answer to ${id}`)
      this.#answers.set(id, { ...frame, id })
    }
    this.#look()
  }

  #takeRun(frame: Frame): void {
    const { runId, from, events } = frame as { runId: string; from: number; events: Event[] }
    const log = this.runs.get(runId)
    if (log === undefined || (!log.wanted && !this.#stragglers))
      return void this.problems.push(`an uninvited frame of ${runId}`)
    if (log.ended && log.asked === 1) this.problems.push(`a frame of ${runId} after its terminal event`)
    const problem = log.take(from, events)
    if (problem !== undefined) this.problems.push(`${runId}: ${problem}`)
  }

  #look(): void {
    for (const watch of this.#watchers) watch()
  }
}

function parsed(message: Buffer): Frame {
  try {
    const value: unknown = JSON.parse(message.toString("utf8"))
    return typeof value === "object" && value !== null ? (value as Frame) : {}
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return {}
    throw thrown
  }
}
