/** A token bucket: `perSecond` in the long run, `burst` at once (protocol C7). */
export class Bucket {
  readonly #perSecond: number
  readonly #burst: number
  readonly #now: () => number
  #tokens: number
  #filledAt: number

  /** @param now milliseconds that never go back */
  constructor(limit: { perSecond: number; burst: number }, now: () => number) {
    this.#perSecond = limit.perSecond
    this.#burst = limit.burst
    this.#now = now
    this.#tokens = limit.burst
    this.#filledAt = now()
  }

  /** Takes one token. Gives 0, or when there is none the milliseconds until there is. */
  take(): number {
    const now = this.#now()
    this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#filledAt) * this.#perSecond) / 1000)
    this.#filledAt = now
    if (this.#tokens < 1) return Math.ceil(((1 - this.#tokens) * 1000) / this.#perSecond)
    this.#tokens -= 1
    return 0
  }
}
