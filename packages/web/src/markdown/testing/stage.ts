import type { Stage } from "../flow/flow.ts"

/** A stage with a clock of its own: it stands still until it is told to go on. */
export class FakeStage implements Stage {
  /** What each picture costs on the main thread, in milliseconds. */
  cost = 1
  still = false
  private time = 5_000
  private readonly waiting: { at: number; callback: () => void }[] = []

  now(): number {
    return this.time
  }

  after(delay: number, callback: () => void): () => void {
    // Pictures are painted sixty times a second.
    const frame = 1_000 / 60
    const entry = { at: (Math.floor((this.time + delay) / frame) + 1) * frame, callback }
    this.waiting.push(entry)
    return () => void this.waiting.splice(this.waiting.indexOf(entry), 1)
  }

  painted(callback: (took: number) => void): void {
    this.time += this.cost
    callback(this.cost)
  }

  calm(): boolean {
    return this.still
  }

  get idle(): boolean {
    return this.waiting.length === 0
  }

  /** Lets so many milliseconds pass. */
  pass(milliseconds: number): void {
    const end = this.time + milliseconds
    for (;;) {
      const next = this.waiting.filter((entry) => entry.at <= end).toSorted((a, b) => a.at - b.at)[0]
      if (!next) break
      this.waiting.splice(this.waiting.indexOf(next), 1)
      this.time = Math.max(this.time, next.at)
      next.callback()
    }
    this.time = Math.max(this.time, end)
  }
}
