import type { Clock } from "./clock.ts"
import { parseFrame } from "./guard.ts"
import type { Incoming } from "./guard.ts"

export type GatheringOptions = {
  clock: Clock
  /** How long words of a run may wait for more of them, in milliseconds; asked when some begin to wait. */
  gather: () => number
  give(frame: Incoming): void
}

/** So many frames are read at most at a time: it must be no long task. */
const atMost = 64

/**
 * Reads what a socket brings, in the order it came. The first words after a pause are read at once; those that come
 * shortly after others are read together, and neighbours of one run become one frame: to read forty frames a second
 * one by one is most of what they cost. Everything else is read at once, after what was held back.
 */
export class Gathering {
  readonly #options: GatheringOptions
  #held: string[] = []
  #readAt = -Infinity
  #cancel: () => void = () => {}

  constructor(options: GatheringOptions) {
    this.#options = options
  }

  take(data: unknown): void {
    if (typeof data !== "string" || !data.startsWith('{"type":"run"')) {
      this.flush()
      return this.#read([data])
    }
    this.#held.push(data)
    if (this.#held.length === 1) this.#wait()
    else if (this.#held.length >= atMost) this.flush()
  }

  /** Reads what was held back. */
  flush(): void {
    const held = this.#held
    this.drop()
    if (held.length > 0) this.#read(held)
  }

  /** Forgets what was held back: it comes again with the next connection. */
  drop(): void {
    this.#cancel()
    this.#held = []
  }

  #wait(): void {
    const { clock, gather } = this.#options
    const wait = this.#readAt + gather() - clock.now()
    if (wait <= 0) this.flush()
    else this.#cancel = clock.timer(wait, () => this.flush())
  }

  #read(data: readonly unknown[]): void {
    this.#readAt = this.#options.clock.now()
    for (const frame of joined(data)) this.#options.give(frame)
  }
}

function joined(data: readonly unknown[]): Incoming[] {
  const frames: Incoming[] = []
  for (const each of data) {
    const frame = parseFrame(each)
    const last = frames.at(-1)
    if (frame?.type === "run" && last?.type === "run" && continues(last, frame)) last.events.push(...frame.events)
    else if (frame) frames.push(frame)
  }
  return frames
}

type RunFrame = Extract<Incoming, { type: "run" }>

const continues = (last: RunFrame, next: RunFrame): boolean =>
  next.runId === last.runId && next.from === last.from + last.events.length
