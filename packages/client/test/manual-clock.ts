import type { Clock } from "../src/clock.ts"

type Timer = { due: number; run: () => void }
type Waiter = { within: number; done: () => void }

/** A clock that stands still until it is told. Jitter is 0 unless `random` is set. */
export class ManualClock implements Clock {
  random: () => number = () => 0
  #now = 0
  readonly #timers = new Set<Timer>()
  readonly #reachable = new Set<() => void>()
  #waiters: Waiter[] = []

  now(): number {
    return this.#now
  }

  timer(ms: number, run: () => void): () => void {
    const timer = { due: this.#now + ms, run }
    this.#timers.add(timer)
    this.#waiters = this.#waiters.filter((waiter) => {
      if (ms > waiter.within) return true
      waiter.done()
      return false
    })
    return () => void this.#timers.delete(timer)
  }

  onReachable(listener: () => void): () => void {
    this.#reachable.add(listener)
    return () => void this.#reachable.delete(listener)
  }

  /** The network came back, or the page was shown. */
  reach(): void {
    for (const listener of [...this.#reachable]) listener()
  }

  /** Lets time pass; timers run in their order. */
  advance(ms: number): void {
    const end = this.#now + ms
    for (let timer = this.#first(); timer && timer.due <= end; timer = this.#first()) this.#run(timer)
    this.#now = end
  }

  /** Goes to the next timer and runs it. False when there is none. */
  step(): boolean {
    const timer = this.#first()
    if (timer) this.#run(timer)
    return timer !== undefined
  }

  /** Resolves when there is a timer that runs out within `ms`. */
  async armed(ms: number): Promise<void> {
    const first = this.#first()
    if (first && first.due - this.#now <= ms) return
    await new Promise<void>((done) => this.#waiters.push({ within: ms, done }))
  }

  #run(timer: Timer): void {
    this.#timers.delete(timer)
    this.#now = Math.max(this.#now, timer.due)
    timer.run()
  }

  #first(): Timer | undefined {
    return [...this.#timers].reduce<Timer | undefined>(
      (first, timer) => (first && first.due <= timer.due ? first : timer),
      undefined,
    )
  }
}
