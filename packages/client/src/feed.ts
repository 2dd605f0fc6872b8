import type { Outcome, Sink } from "./reader.ts"
import type { Slice } from "./sequencer.ts"

/** Frames that wait for a slow consumer, before it is paused: 64 × 30 kB. */
const waitingAtMost = 64

export type FeedHands = {
  /** It holds as much as it may. */
  full(): void
  /** It was full and is empty. */
  drained(): void
}

/** Between a reader, which is given slices, and a consumer, which asks for them. */
export class Feed implements Sink {
  readonly #hands: FeedHands
  #slices: Slice[] = []
  #full = false
  #outcome: Outcome | undefined
  #wake: () => void = () => {}

  constructor(hands: FeedHands) {
    this.#hands = hands
  }

  slice(slice: Slice): void {
    this.#slices.push(slice)
    if (this.#slices.length >= waitingAtMost && !this.#full) {
      this.#full = true
      this.#hands.full()
    }
    this.#wake()
  }

  end(outcome: Outcome): void {
    this.#outcome = outcome
    if (outcome === "left") this.#slices = []
    this.#wake()
  }

  /** All that has come since, at least one slice; undefined at the end. Throws the error the run ended by. */
  async next(): Promise<Slice[] | undefined> {
    while (this.#slices.length === 0) {
      if (this.#outcome instanceof Error) throw this.#outcome
      if (this.#outcome !== undefined) return undefined
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
    const slices = this.#slices
    this.#slices = []
    return slices
  }

  /** The consumer is through with what `next` gave. */
  consumed(): void {
    if (!this.#full || this.#slices.length > 0) return
    this.#full = false
    this.#hands.drained()
  }
}
