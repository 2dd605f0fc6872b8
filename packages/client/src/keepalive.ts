import type { Clock } from "./clock.ts"

/** What the client waits for: an action's answer, frames of a run, or nothing in particular. */
export type Expectation = "answer" | "frames" | "nothing"

export type KeepaliveHands = {
  expects(): Expectation
  ping(): void
  /** The ping was not answered: the connection is dead, whatever the system believes. */
  dead(): void
}

/** The server asks for a ping every 5 minutes (protocol C6). */
const pingEvery = 4 * 60_000
/** A run's followers hear from the server every 10 s (protocol F2). */
const quiet = { answer: 3_000, frames: 12_000, nothing: Infinity }
const pongWithin = 5_000

/**
 * Pings so that the server knows of us, and as soon as what is expected stays away; a ping without any frame after it
 * for 5 s means that the connection is half-open. One timer, moved only when it has run out.
 */
export class Keepalive {
  readonly #clock: Clock
  readonly #hands: KeepaliveHands
  #heardAt: number
  #pingedAt: number
  /** When the first action after the last frame went out. */
  #sentAt = 0
  #probing = false
  #due = Infinity
  #cancel: () => void = () => {}

  constructor(clock: Clock, hands: KeepaliveHands) {
    this.#clock = clock
    this.#hands = hands
    this.#heardAt = clock.now()
    this.#pingedAt = clock.now()
    this.#review()
  }

  /** A frame came, whichever. */
  heard(): void {
    this.#heardAt = this.#clock.now()
    this.#probing = false
    // Most frames come while the timer runs out early enough, and it looks again then.
    if (this.#due > this.#heardAt + quiet.frames) this.#review()
  }

  /** An action went out. */
  sent(): void {
    if (this.#sentAt <= this.#heardAt) this.#sentAt = this.#clock.now()
    this.#review()
  }

  /** Pings now, unless a ping is out already. */
  probe(): void {
    if (this.#probing) return
    this.#probing = true
    this.#pingedAt = this.#clock.now()
    this.#hands.ping()
    this.#review()
  }

  stop(): void {
    this.#cancel()
    this.#due = -Infinity
  }

  #next(): number {
    if (this.#probing) return this.#pingedAt + pongWithin
    const since = Math.max(this.#heardAt, this.#sentAt)
    return Math.min(this.#pingedAt + pingEvery, since + quiet[this.#hands.expects()])
  }

  /** Moves the timer if it would run out too late; one that runs out too early looks again then. */
  #review(): void {
    const next = this.#next()
    if (next >= this.#due) return
    this.#cancel()
    this.#due = next
    this.#cancel = this.#clock.timer(Math.max(0, next - this.#clock.now()), () => this.#fire())
  }

  #fire(): void {
    this.#due = Infinity
    if (this.#next() > this.#clock.now()) this.#review()
    else if (this.#probing) this.#hands.dead()
    else this.probe()
  }
}
