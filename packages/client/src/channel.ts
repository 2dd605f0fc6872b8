import { isTerminal } from "@omnichat/core/protocol/event"
import type { Event } from "@omnichat/core/protocol/event"
import type { FollowAck } from "@omnichat/core/protocol/frame"
import type { RunId } from "@omnichat/core/protocol/id"
import { backoff } from "./backoff.ts"
import { jittered } from "./clock.ts"
import type { Clock } from "./clock.ts"
import type { ClientError } from "./errors.ts"
import type { Reader } from "./reader.ts"

export type ChannelHands = {
  clock: Clock
  /** The socket is open. */
  open(): boolean
  follow(runId: RunId, after: number): Promise<FollowAck>
  unfollow(runId: RunId): Promise<unknown>
  /** It needs the connection more or less than before. */
  changed(): void
}

type Ask = { after: number; resolve(ack: FollowAck): void; reject(error: ClientError): void }

/** How long a gap may stand, and how long an unfinished run may be silent, in milliseconds (protocol G1). */
const gapWithin = 1_000
const silenceWithin = 15_000
const gapWithinAtMost = 15_000

/**
 * What the connection knows of one run: who reads it here, and whether the server has us as a follower. All ways lead
 * to `#settle`, which sends at most one `run.follow` or `run.unfollow` at a time, because the server may handle the
 * actions of a connection in any order.
 */
export class Channel {
  readonly runId: RunId
  readonly #hands: ChannelHands
  readonly #readers = new Set<Reader>()
  readonly #silence: number
  #asks: Ask[] = []
  /** Starts without an answer: nothing may be asked about the run before (protocol A2). */
  #starting = 0
  #busy = false
  /** The server has us as a follower on this connection. */
  #following = false
  /** The highest number that this connection has brought, or will not bring without another follow. */
  #position = 0
  /** A follow is needed although the server has us. */
  #again = false
  /** The last reader has gone, or paused. */
  #left = false
  /** The terminal event was seen. */
  #over = false
  #gap = false
  /** Follows because of a gap that did not close it. */
  #fruitless = 0
  #failures = 0
  #notBefore = 0
  #heardAt = 0
  #cancel: () => void = () => {}

  constructor(runId: RunId, hands: ChannelHands) {
    this.runId = runId
    this.#hands = hands
    this.#silence = jittered(hands.clock, silenceWithin)
  }

  /** Somebody waits for something of it. */
  get needed(): boolean {
    return this.#readers.size > 0 || this.#asks.length > 0 || this.#starting > 0
  }

  /** Nothing is lost when it is forgotten. */
  get idle(): boolean {
    return !this.needed && !this.#busy && (!this.#following || this.#over)
  }

  /** A reader's frames are to be expected. */
  get listening(): boolean {
    return this.#following && this.#wanting().length > 0
  }

  starting(): void {
    this.#starting++
    this.#hands.changed()
  }

  /** The start was answered: `following` if it went over this connection, which then has the run from 0. */
  started({ following }: { following: boolean }): void {
    this.#starting--
    if (following) {
      this.#following = true
      this.#heardAt = this.#hands.clock.now()
    }
    this.#settle()
  }

  attach(reader: Reader): void {
    this.#readers.add(reader)
    this.#left = false
    if (reader.last < this.#position) this.#again = true
    this.#settle()
  }

  detach(reader: Reader): void {
    if (this.#readers.delete(reader)) this.unwanted()
  }

  /** Somebody wants it no longer, or not now: if nobody else does, the server is told. */
  unwanted(): void {
    this.#left = this.#wanting().length === 0
    this.#settle()
  }

  /** A reader that was paused goes on. */
  resumed(): void {
    this.#left = false
    this.#refollow()
  }

  /** Follows from `after` in any case, for its ack. */
  ask(after: number): Promise<FollowAck> {
    return new Promise((resolve, reject) => {
      this.#asks.push({ after, resolve, reject })
      this.#settle()
    })
  }

  up(): void {
    this.#settle()
  }

  down(): void {
    this.#cancel()
    this.#following = false
    this.#position = 0
    this.#again = false
    this.#gap = false
    this.#fruitless = 0
    this.#hands.changed()
  }

  take(from: number, events: Event[]): void {
    this.#heardAt = this.#hands.clock.now()
    this.#position = Math.max(this.#position, from + events.length - 1)
    const last = events.at(-1)
    if (last && isTerminal(last)) this.#over = true
    for (const reader of [...this.#readers]) reader.take(from, events)
    for (const reader of [...this.#readers]) if (reader.ended) this.#finish(reader)
    if (this.#hasGap() !== this.#gap) {
      this.#fruitless = 0
      this.#watch()
    }
    if (this.#readers.size === 0) this.#settle()
  }

  /** The run cannot be read any more. */
  fail(error: ClientError): void {
    const asks = this.#asks.splice(0)
    const readers = [...this.#readers]
    this.#readers.clear()
    this.unwanted()
    for (const ask of asks) ask.reject(error)
    for (const reader of readers) reader.end(error)
  }

  #finish(reader: Reader): void {
    this.#readers.delete(reader)
    reader.end("ended")
  }

  #wanting(): Reader[] {
    return [...this.#readers].filter((reader) => reader.wants)
  }

  #hasGap(): boolean {
    return [...this.#readers].some((reader) => reader.gap)
  }

  /** The lowest number that a reader stands at. */
  #held(): number {
    return Math.min(...this.#wanting().map((reader) => reader.last))
  }

  #settle(): void {
    if (!this.#busy && this.#starting === 0 && this.#hands.open()) {
      const wanted = this.#asks.length > 0 || this.#wanting().length > 0
      if (wanted && (this.#asks.length > 0 || !this.#following || this.#again)) this.#followWhenAllowed()
      else if (!wanted && this.#following && this.#left && !this.#over) this.#unfollow()
      else this.#watch()
    } else this.#cancel()
    this.#hands.changed()
  }

  #followWhenAllowed(): void {
    const wait = this.#notBefore - this.#hands.clock.now()
    if (wait > 0) this.#arm(wait, () => this.#settle())
    else this.#follow()
  }

  #follow(): void {
    this.#cancel()
    const asks = [...this.#asks]
    const after = Math.min(...asks.map((ask) => ask.after), this.#held())
    this.#busy = true
    this.#again = false
    this.#position = after
    this.#hands.follow(this.runId, after).then(
      (ack) => {
        this.#following = true
        this.#failures = 0
        this.#heardAt = this.#hands.clock.now()
        this.#asks = this.#asks.filter((ask) => !asks.includes(ask))
        for (const ask of asks) ask.resolve(ack)
        this.#done()
      },
      (error: ClientError) => {
        this.#refused(error)
        this.#done()
      },
    )
  }

  #refused(error: ClientError): void {
    if (!error.retryable) {
      this.#following = false
      return this.fail(error)
    }
    if (error.code === "offline") return // the next connection follows anew
    const { clock } = this.#hands
    const wait = error.retryAfterMs ?? backoff(clock, ++this.#failures)
    this.#notBefore = clock.now() + jittered(clock, wait)
    this.#again = true
  }

  #unfollow(): void {
    this.#cancel()
    this.#busy = true
    const left = () => {
      this.#following = false
      this.#done()
    }
    // A refusal means at worst frames that nobody reads.
    this.#hands.unfollow(this.runId).then(left, left)
  }

  #done(): void {
    this.#busy = false
    this.#settle()
  }

  /** Waits for a gap that stands or a silence that lasts. */
  #watch(): void {
    this.#cancel()
    this.#gap = this.#hasGap()
    if (this.#busy || !this.listening || !this.#hands.open()) return
    const { clock } = this.#hands
    if (this.#gap) {
      const within = Math.min(gapWithinAtMost, gapWithin * 2 ** this.#fruitless)
      const held = this.#held()
      this.#arm(jittered(clock, within), () => {
        if (this.#held() > held) return this.#watch() // it moves: a slow line, and another follow would slow it more
        this.#fruitless++
        this.#refollow()
      })
    } else {
      this.#arm(Math.max(0, this.#heardAt + this.#silence - clock.now()), () => {
        if (clock.now() - this.#heardAt < this.#silence) this.#watch()
        else this.#refollow()
      })
    }
  }

  #refollow(): void {
    this.#again = true
    this.#settle()
  }

  #arm(ms: number, run: () => void): void {
    this.#cancel()
    this.#cancel = this.#hands.clock.timer(ms, run)
  }
}
