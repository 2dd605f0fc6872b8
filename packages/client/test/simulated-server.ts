import type { Action, Frame } from "@omnichat/core/protocol/frame"
import type { RunId } from "@omnichat/core/protocol/id"
import type { SocketLike, WebSocketConstructor } from "../src/socket.ts"
import type { Answer } from "./answer.ts"
import type { ManualClock } from "./manual-clock.ts"

/** How bad the network is: chances from 0 to 1, for each message. */
export type Faults = {
  lost: number
  doubled: number
  /** Milliseconds that a message may take; without order when not 0. */
  delay: number
  dropped: number
  /** The connection falls silent both ways, and nobody is told. */
  halfOpen: number
  /** An action is answered by `rate_limited`, up to three times. */
  limited: number
}
export const healthy: Faults = { lost: 0, doubled: 0, delay: 0, dropped: 0, halfOpen: 0, limited: 0 }

type SimulatedRun = { answer: Answer; written: number; started: boolean }

/**
 * A server that keeps the protocol, in the same process and on a manual clock, behind a network that does not: frames
 * are lost, doubled and out of order, as posts of API Gateway may be, and connections end or fall silent.
 */
export class SimulatedServer {
  faults: Faults = healthy
  /** The actions that were handled, pings aside. */
  readonly actions: Action[] = []
  readonly #clock: ManualClock
  readonly #random: () => number
  readonly #runs = new Map<RunId, SimulatedRun>()
  readonly #connections = new Set<Connection>()
  /** How often each action was refused for being one too many. */
  readonly #limited = new Map<string, number>()

  constructor(clock: ManualClock, random: () => number) {
    this.#clock = clock
    this.#random = random
  }

  /** The constructor of sockets to this server. */
  get WebSocket(): WebSocketConstructor {
    const open = (socket: SimulatedSocket) => this.#open(socket)
    return class extends SimulatedSocket {
      constructor() {
        super()
        open(this)
      }
    }
  }

  readonly fetch: typeof fetch = async () =>
    Response.json({ socketUrl: "ws://simulated/socket", mode: "aws", auth: { kind: "none" } })

  /** A run that a client may start, or that runs already. */
  add(answer: Answer, { started }: { started: boolean }): void {
    const run = { answer, written: 0, started: false }
    this.#runs.set(answer.runId, run)
    if (started) this.#begin(run)
  }

  #open(socket: SimulatedSocket): void {
    const connection: Connection = { socket, cursors: new Map(), dead: false }
    socket.sent = (text) => this.#carry(connection, () => this.#handle(connection, JSON.parse(text) as Action))
    socket.left = () => this.#connections.delete(connection)
    this.#clock.timer(1, () => {
      if (socket.over) return
      this.#connections.add(connection)
      socket.onopen?.()
    })
  }

  /** Takes a message over the network, in either direction. */
  #carry(connection: Connection, arrive: () => void): void {
    const { faults } = this
    if (this.#happens(faults.dropped)) return this.#drop(connection)
    if (this.#happens(faults.halfOpen)) connection.dead = true
    const copies = this.#happens(faults.lost) ? 0 : this.#happens(faults.doubled) ? 2 : 1
    for (let copy = 0; copy < copies; copy++) {
      const late = () => {
        if (!connection.dead && !connection.socket.over) arrive()
      }
      if (faults.delay === 0) this.#clock.timer(1, late)
      else this.#clock.timer(1 + this.#random() * faults.delay, late)
    }
  }

  #drop(connection: Connection): void {
    this.#connections.delete(connection)
    this.#clock.timer(1, () => connection.socket.end())
  }

  #send(connection: Connection, frame: Frame): void {
    this.#carry(connection, () => connection.socket.onmessage?.({ data: JSON.stringify(frame) }))
  }

  #handle(connection: Connection, action: Action): void {
    if (action.action === "ping") return this.#send(connection, { type: "pong", id: action.id })
    this.actions.push(action)
    const refuse = (code: "rate_limited" | "not_found", more: object) =>
      this.#send(connection, { type: "error", id: action.id, code, message: code, retryable: false, ...more })
    const limits = this.#limited.get(action.id) ?? 0
    if (limits < 3 && this.#happens(this.faults.limited)) {
      this.#limited.set(action.id, limits + 1)
      return refuse("rate_limited", { retryable: true, retryAfterMs: 500 })
    }
    const run = this.#runs.get(action.runId)
    if (!run || (!run.started && action.action !== "run.start")) return refuse("not_found", {})
    const { runId, followAck, startAck } = run.answer
    if (action.action === "run.start") {
      if (!run.started) this.#begin(run)
      this.#send(connection, { type: "ack", id: action.id, ...startAck })
      connection.cursors.set(runId, 0)
    } else if (action.action === "run.follow") {
      this.#send(connection, { type: "ack", id: action.id, ...followAck, last: run.written })
      connection.cursors.set(runId, action.after)
    } else {
      this.#send(connection, { type: "ack", id: action.id, runId })
      connection.cursors.delete(runId)
    }
    this.#pump(connection, run)
  }

  #begin(run: SimulatedRun): void {
    run.started = true
    this.#write(run)
  }

  #write(run: SimulatedRun): void {
    run.written = Math.min(run.answer.events.length, run.written + 1 + Math.floor(this.#random() * 4))
    for (const connection of this.#connections) this.#pump(connection, run)
    const pause = this.#happens(0.02) ? 9_000 : 25 + this.#random() * 400
    if (run.written < run.answer.events.length) this.#clock.timer(pause, () => this.#write(run))
  }

  #pump(connection: Connection, run: SimulatedRun): void {
    const { runId, events } = run.answer
    const cursor = connection.cursors.get(runId)
    if (cursor === undefined) return
    if (cursor < run.written)
      this.#send(connection, {
        type: "run",
        runId,
        from: cursor + 1,
        events: events.slice(cursor, run.written),
      })
    if (run.written === events.length) connection.cursors.delete(runId)
    else connection.cursors.set(runId, run.written)
  }

  #happens(chance: number): boolean {
    return this.#random() < chance
  }
}

type Connection = { socket: SimulatedSocket; cursors: Map<RunId, number>; dead: boolean }

class SimulatedSocket implements SocketLike {
  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: ((event: { code?: number }) => void) | null = null
  onerror: (() => void) | null = null
  over = false
  sent: (text: string) => void = () => {}
  left: () => void = () => {}

  send(text: string): void {
    if (!this.over) this.sent(text)
  }

  close(): void {
    this.over = true
    this.left()
  }

  /** The network takes it away. */
  end(): void {
    if (this.over) return
    this.close()
    this.onclose?.({ code: 1006 })
  }
}
