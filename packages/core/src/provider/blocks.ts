import type { ModelEvent } from "../model/provider.ts"

type Kind = "text" | "reasoning"

/**
 * Turns a stream of text and reasoning deltas into blocks: at most one is open, and a change from one kind to the other
 * ends the one and begins the next. Empty deltas make nothing.
 */
export class Blocks {
  #kind: Kind | undefined
  #id = "0"
  #count = 0

  text(delta: string, events: ModelEvent[]): void {
    if (delta === "") return
    if (this.#kind !== "text") this.#open("text", events)
    events.push({ type: "text-delta", id: this.#id, delta })
  }

  reasoning(delta: string, events: ModelEvent[]): void {
    if (delta === "") return
    if (this.#kind !== "reasoning") this.#open("reasoning", events)
    events.push({ type: "reasoning-delta", id: this.#id, delta })
  }

  /** Ends the open block, if there is one. */
  end(events: ModelEvent[]): void {
    if (this.#kind !== undefined) events.push({ type: `${this.#kind}-end`, id: this.#id })
    this.#kind = undefined
  }

  #open(kind: Kind, events: ModelEvent[]): void {
    this.end(events)
    this.#kind = kind
    this.#count += 1
    this.#id = String(this.#count)
    events.push({ type: `${kind}-start`, id: this.#id })
  }
}
