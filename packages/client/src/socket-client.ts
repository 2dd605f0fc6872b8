import type { ChatFrame, StartAck, StartBody, StopAck } from "@omnichat/core/protocol/frame"
import { newId } from "@omnichat/core/protocol/id"
import type { RunId } from "@omnichat/core/protocol/id"
import { Actions } from "./actions.ts"
import { Channel } from "./channel.ts"
import type { Clock } from "./clock.ts"
import type { Client, StartOptions } from "./contract.ts"
import { ClientError, toClientError } from "./errors.ts"
import { followAck, startAck, stopAck, unfollowAck } from "./guard.ts"
import type { Incoming } from "./guard.ts"
import { createHttp } from "./http.ts"
import type { HttpApi, StartApi } from "./http.ts"
import type { Expectation } from "./keepalive.ts"
import { startByHttp, until } from "./large-start.ts"
import { Link } from "./link.ts"
import type { ConnectionState } from "./link.ts"
import { Listeners } from "./listeners.ts"
import type { RequestOptions } from "./request.ts"
import { ClientRun } from "./run.ts"
import type { Run } from "./run.ts"
import type { WebSocketConstructor } from "./socket.ts"

export type SocketClientOptions = RequestOptions & {
  WebSocket: WebSocketConstructor
  /** `token` may give another one when it is asked again. */
  renewable: boolean
  clock: Clock
  gather: () => number
}

/** A connection that nobody needs is kept this long, for the next question. */
const lingerFor = 5_000

export class SocketClient implements Client {
  readonly http: HttpApi & StartApi
  readonly #clock: Clock
  readonly #link: Link
  readonly #actions: Actions
  readonly #channels = new Map<RunId, Channel>()
  readonly #starts = new Map<RunId, Promise<StartAck>>()
  readonly #chats = new Listeners<[ChatFrame["chat"]]>()
  readonly #states = new Listeners<[ConnectionState]>()
  readonly #openings = new Listeners<[]>()
  /** `connect` was called, and `close` not since. */
  #held = false
  /** `close` was called, and nothing asked for since. */
  #shut = false
  /** Aborted with what ends all that is under way. */
  #session = new AbortController()
  #cancelLinger: () => void = () => {}

  constructor(options: SocketClientOptions) {
    const { clock, gather, token, WebSocket } = options
    this.#clock = clock
    this.http = createHttp(options)
    this.#link = new Link(
      {
        WebSocket,
        clock,
        gather,
        token,
        address: () => this.http.socketUrl(),
        expects: () => this.#expects(),
      },
      {
        state: () => this.#states.call(this.connection),
        up: () => this.#up(),
        down: (code) => this.#down(code),
        frame: (frame) => this.#take(frame),
        refused: (error) => this.#fail(error),
      },
    )
    this.#actions = new Actions({
      clock,
      open: () => this.connection === "open",
      send: (text) => this.#link.send(text),
      renew: () => {
        if (options.renewable) this.#link.renew()
        return options.renewable
      },
      changed: () => this.#review(),
    })
  }

  get connection(): ConnectionState {
    return this.#link.state
  }

  onConnection(listener: (state: ConnectionState) => void): () => void {
    return this.#states.add(listener)
  }

  onChat(listener: (chat: ChatFrame["chat"]) => void): () => void {
    const remove = this.#chats.add(listener)
    this.#wanted()
    return () => {
      remove()
      this.#review()
    }
  }

  start(options: StartOptions): Run {
    const runId = options.runId ?? newId("run", Date.now())
    this.#wanted()
    const ack = this.#start({ ...options, runId }, (error) => run.refuse(error))
    const forget = () => {
      if (this.#starts.get(runId) === ack) this.#starts.delete(runId)
    }
    this.#starts.set(runId, ack)
    ack.then(forget, forget)
    const run = this.#run(runId, 0, ack)
    return run
  }

  follow(runId: RunId, { after = 0 }: { after?: number } = {}): Run {
    this.#wanted()
    return this.#run(runId, after, this.#channel(runId).ask(after))
  }

  stop(runId: RunId): Promise<StopAck> {
    this.#wanted()
    const stop = () => this.#actions.request({ action: "run.stop", runId }, stopAck, { lasting: true })
    return this.#starts.get(runId)?.then(stop) ?? stop()
  }

  connect(): void {
    this.#held = true
    this.#wanted()
  }

  close(): void {
    this.#held = false
    this.#shut = true
    this.#cancelLinger()
    // First of all, so that whoever hears of the end and asks for something gets a connection of its own.
    this.#link.close()
    this.#fail(new ClientError("offline", "The client was closed."))
  }

  #run(runId: RunId, after: number, ack: ClientRun["ack"]): ClientRun {
    return new ClientRun(runId, {
      after,
      ack,
      channel: () => this.#channel(runId),
      stop: () => this.stop(runId),
    })
  }

  async #start(body: StartBody, refuse: (error: ClientError) => void): Promise<StartAck> {
    const channel = this.#channel(body.runId)
    const { signal } = this.#session
    let following = false
    channel.starting()
    try {
      const ack = await this.#actions.request({ action: "run.start", ...body }, startAck, { lasting: true })
      following = true
      return ack
    } catch (thrown) {
      const error = toClientError(thrown, "The start failed")
      if (error.code === "too_large") return await this.#startByHttp(body, signal, refuse)
      refuse(error)
      throw error
    } finally {
      channel.started({ following })
    }
  }

  async #startByHttp(body: StartBody, signal: AbortSignal, refuse: (error: ClientError) => void): Promise<StartAck> {
    try {
      return await startByHttp({
        clock: this.#clock,
        signal,
        opened: () => this.#opened(signal),
        start: () => this.http.start(body, signal),
      })
    } catch (thrown) {
      const error = toClientError(thrown, "The start failed")
      refuse(error)
      throw error
    }
  }

  #channel(runId: RunId): Channel {
    const known = this.#channels.get(runId)
    if (known) return known
    const channel = new Channel(runId, {
      clock: this.#clock,
      open: () => this.connection === "open",
      follow: (id, after) =>
        this.#actions.request({ action: "run.follow", runId: id, after }, followAck, { lasting: false }),
      unfollow: (id) => this.#actions.request({ action: "run.unfollow", runId: id }, unfollowAck, { lasting: false }),
      changed: () => this.#review(),
    })
    this.#channels.set(runId, channel)
    return channel
  }

  #take(frame: Incoming): void {
    switch (frame.type) {
      case "run":
        return this.#channels.get(frame.runId)?.take(frame.from, frame.events)
      case "unreadable":
        return this.#channels.get(frame.runId)?.fail(frame.error)
      case "ack":
        return this.#actions.ack(frame.id, frame.fields)
      case "error":
        return frame.id === undefined ? undefined : this.#actions.error(frame.id, frame.error)
      case "chat":
        return this.#chats.call(frame.chat)
      case "pong":
        return
    }
  }

  #up(): void {
    this.#actions.up()
    for (const channel of [...this.#channels.values()]) channel.up()
    this.#openings.call()
  }

  #down(code: number | undefined): void {
    this.#actions.down(code)
    for (const channel of [...this.#channels.values()]) channel.down()
  }

  /** Ends all that is under way. */
  #fail(error: ClientError): void {
    this.#session.abort(error)
    this.#session = new AbortController()
    this.#actions.fail(error)
    for (const channel of [...this.#channels.values()]) channel.fail(error)
  }

  #opened(signal: AbortSignal): Promise<void> {
    if (this.connection === "open") return Promise.resolve()
    return until(signal, (done) => {
      const remove = this.#openings.add(() => {
        remove()
        done()
      })
      return remove
    })
  }

  #expects(): Expectation {
    if (this.#actions.size > 0) return "answer"
    return [...this.#channels.values()].some((channel) => channel.listening) ? "frames" : "nothing"
  }

  #wanted(): void {
    this.#shut = false
    this.#review()
  }

  /** Opens the connection when something needs it, and lets it go some time after nothing does. */
  #review(): void {
    for (const [runId, channel] of this.#channels) if (channel.idle) this.#channels.delete(runId)
    const runs = [...this.#channels.values()].some((channel) => channel.needed)
    const needed = this.#held || runs || this.#actions.size > 0 || this.#chats.size > 0
    this.#cancelLinger()
    if (this.#shut) return
    if (needed) this.#link.open()
    else if (this.connection !== "closed") this.#cancelLinger = this.#clock.timer(lingerFor, () => this.#link.close())
  }
}
