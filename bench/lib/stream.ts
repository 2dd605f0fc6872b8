import type { RunEvent } from "./client.ts"
import { type Upstream, sevenCharacters } from "./upstream.ts"

/** In milliseconds. */
export type Heard = {
  /** How much longer a follower waited between two pieces of text than the model had paused. */
  gaps: number[]
  /** From a piece being written by the model to its being heard. */
  delays: number[]
}

const charactersOfPiece = sevenCharacters.join("").length

/** One answer as its follower hears it: what came when, against when the model said it. */
export class FollowedStream {
  readonly number: number
  /** Resolves with the first words. */
  readonly begun: Promise<void>
  readonly #upstream: Upstream
  readonly #arrivals: { at: number; pieces: number }[] = []
  #characters = 0
  #begin: () => void = () => {}

  constructor(number: number, upstream: Upstream) {
    this.number = number
    this.#upstream = upstream
    this.begun = new Promise((resolve) => (this.#begin = resolve))
  }

  hear(events: RunEvent[], at: number): void {
    const before = this.#characters
    for (const event of events) if (event.type === "text-delta") this.#characters += event.delta?.length ?? 0
    if (this.#characters === before) return
    this.#arrivals.push({ at, pieces: Math.floor(this.#characters / charactersOfPiece) })
    this.#begin()
  }

  heardBetween(from: number, to: number): Heard {
    const written = this.#upstream.written(this.number) ?? new Float64Array()
    const said = (pieces: number): number => written[pieces - 1] ?? Number.NaN
    const heard: Heard = { gaps: [], delays: [] }
    let before = this.#arrivals[0]
    for (const arrival of this.#arrivals) {
      if (before !== undefined && before.at >= from && arrival.at <= to && arrival.pieces > before.pieces) {
        for (let piece = before.pieces + 1; piece <= arrival.pieces; piece++)
          heard.delays.push(arrival.at - said(piece))
        heard.gaps.push(Math.max(0, arrival.at - before.at - (said(arrival.pieces) - said(before.pieces))))
      }
      before = arrival
    }
    return heard
  }
}
