import { isTerminal } from "@omnichat/core/protocol/event"
import type { Event } from "@omnichat/core/protocol/event"

/** Events of a run, numbered `from`, `from` + 1, … */
export type Slice = { from: number; events: Event[] }

/** How many frames are kept aside; the rest of a gap comes again with the next follow. */
const asideLimit = 64

/**
 * The bookkeeping of numbers (protocol G1): takes a run's frames as they come, doubled, overlapping, out of order or
 * with holes, and gives each number after `after` once, in order, up to the terminal event.
 */
export class Sequencer {
  #last: number
  #known: number
  #ended = false
  /** Frames beyond the gap, by their first number. */
  #aside: Slice[] = []

  constructor(after: number) {
    this.#last = after
    this.#known = after
  }

  /** The last number given. */
  get last(): number {
    return this.#last
  }

  /** Numbers beyond `last` were seen, and `last` + 1 was not. */
  get gap(): boolean {
    return this.#known > this.#last && !this.#ended
  }

  /** The terminal event was given. */
  get ended(): boolean {
    return this.#ended
  }

  /** The slices that follow on from what was given before; the arrays are the frames' own wherever nothing overlaps. */
  take(from: number, events: Event[]): Slice[] {
    if (this.#ended) return []
    this.#known = Math.max(this.#known, from + events.length - 1)
    if (from > this.#last + 1) {
      this.#keep({ from, events })
      return []
    }
    const slices: Slice[] = []
    this.#give({ from, events }, slices)
    while (this.#aside[0] !== undefined && this.#aside[0].from <= this.#last + 1) {
      this.#give(this.#aside[0], slices)
      this.#aside.shift()
    }
    if (this.#ended) this.#aside = []
    return slices
  }

  #give(slice: Slice, slices: Slice[]): void {
    const fresh = from(slice, this.#last + 1)
    if (this.#ended || fresh.events.length === 0) return
    const end = fresh.events.findIndex(isTerminal) + 1
    this.#ended = end > 0
    const events = end > 0 && end < fresh.events.length ? fresh.events.slice(0, end) : fresh.events
    this.#last += events.length
    slices.push({ from: fresh.from, events })
  }

  #keep(slice: Slice): void {
    if (slice.events.length === 0) return
    const at = this.#aside.findIndex((kept) => kept.from >= slice.from)
    const same = this.#aside[at]
    if (same?.from === slice.from) {
      if (same.events.length < slice.events.length) this.#aside[at] = slice
      return
    }
    this.#aside.splice(at === -1 ? this.#aside.length : at, 0, slice)
    if (this.#aside.length > asideLimit) this.#aside.pop()
  }
}

/** The part of a slice that begins at `number`. */
function from(slice: Slice, number: number): Slice {
  const skip = number - slice.from
  return skip <= 0 ? slice : { from: number, events: slice.events.slice(skip) }
}
