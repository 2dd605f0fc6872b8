import { ConnectionBusy } from "@omnichat/core/connection/connections"
import { limits } from "@omnichat/core/protocol/limits"

/** The sending end of a socket, as the outbox needs it. */
export type Wire = {
  /** Bytes taken over and not yet with the operating system. */
  buffered(): number
  /** `done` is called when the bytes are with the operating system, or with an error when they never will be. */
  send(bytes: Uint8Array, done: (error?: Error | null) => void): void
}

type Waiter = {
  make: () => string | undefined
  settle: (outcome: "sent" | "gone" | Error) => void
}

/**
 * What waits to go out on one connection. Frames are made only while fewer than `mostBuffered` bytes wait in the socket,
 * in the order of their posts, so that a connection which takes nothing costs that much memory and no more.
 */
export class Outbox {
  readonly #wire: Wire
  readonly #mostBuffered: number
  readonly #now: () => number
  readonly #waiters = new Set<Waiter>()
  #gone = false
  #progressAt: number

  /** @param now milliseconds that never go back */
  constructor(wire: Wire, mostBuffered: number, now: () => number) {
    this.#wire = wire
    this.#mostBuffered = mostBuffered
    this.#now = now
    this.#progressAt = now()
  }

  /** As `Connections.post`. */
  post(make: () => string | undefined, timeoutMs: number): Promise<"sent" | "gone"> {
    return new Promise((resolve, reject) => {
      if (this.#gone) return resolve("gone")
      const timer: { id?: NodeJS.Timeout } = {}
      const waiter: Waiter = {
        make,
        settle(outcome) {
          clearTimeout(timer.id)
          if (outcome instanceof Error) reject(outcome)
          else resolve(outcome)
        },
      }
      if (this.#waiters.size === 0 && this.#hasRoom()) return this.#send(waiter)
      this.#waiters.add(waiter)
      timer.id = setTimeout(() => {
        this.#waiters.delete(waiter)
        waiter.settle(new ConnectionBusy(`the connection took nothing for ${timeoutMs} ms`))
      }, timeoutMs)
      timer.id.unref()
    })
  }

  /** Milliseconds since the socket last took something, 0 while nothing waits. */
  stalledFor(): number {
    return this.#wire.buffered() === 0 ? 0 : this.#now() - this.#progressAt
  }

  /** The connection is no more. */
  end(): void {
    this.#gone = true
    for (const waiter of this.#waiters) waiter.settle("gone")
    this.#waiters.clear()
  }

  #hasRoom(): boolean {
    return this.#wire.buffered() < this.#mostBuffered
  }

  #drain(): void {
    for (const waiter of this.#waiters) {
      if (!this.#hasRoom()) return
      this.#waiters.delete(waiter)
      this.#send(waiter)
    }
  }

  #send(waiter: Waiter): void {
    try {
      const text = waiter.make()
      if (text !== undefined) this.#write(Buffer.from(text))
      waiter.settle("sent")
    } catch (thrown) {
      waiter.settle(thrown instanceof Error ? thrown : new Error(String(thrown)))
    }
  }

  #write(bytes: Uint8Array): void {
    if (bytes.length > limits.frame) {
      throw new RangeError(`a frame has at most ${limits.frame} bytes (protocol C5), and this one has ${bytes.length}`)
    }
    if (this.#wire.buffered() === 0) this.#progressAt = this.#now()
    this.#wire.send(bytes, () => {
      this.#progressAt = this.#now()
      this.#drain()
    })
  }
}
