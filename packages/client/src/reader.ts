import type { Event } from "@omnichat/core/protocol/event"
import type { ClientError } from "./errors.ts"
import { Sequencer } from "./sequencer.ts"
import type { Slice } from "./sequencer.ts"

/** How reading a run ends: at its terminal event, because the caller left, or by an error. */
export type Outcome = "ended" | "left" | ClientError

export type Sink = {
  slice(slice: Slice): void
  /** Called once, after the last slice. */
  end(outcome: Outcome): void
}

/** One consumer of a run, with its own place in it. A paused one lets frames pass; they come again when it goes on. */
export class Reader {
  readonly #sequencer: Sequencer
  readonly #sink: Sink
  #paused = false
  #over = false

  constructor(after: number, sink: Sink) {
    this.#sequencer = new Sequencer(after)
    this.#sink = sink
  }

  get last(): number {
    return this.#sequencer.last
  }

  /** Frames are of use to it. */
  get wants(): boolean {
    return !this.#paused && !this.#over && !this.#sequencer.ended
  }

  get gap(): boolean {
    return this.wants && this.#sequencer.gap
  }

  /** It was given the terminal event. */
  get ended(): boolean {
    return this.#sequencer.ended
  }

  take(from: number, events: Event[]): void {
    if (!this.wants) return
    for (const slice of this.#sequencer.take(from, events)) if (!this.#over) this.#sink.slice(slice)
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
  }

  end(outcome: Outcome): void {
    if (this.#over) return
    this.#over = true
    this.#sink.end(outcome)
  }
}
