import type { ModelEvent } from "../model/provider.ts"

/** The id of the text block that a continued answer begins with. */
export const continuedBlock = "text-0"

/**
 * Gives a provider's blocks ids of our own, unique in the run, and joins the first text block to the text that a
 * continued answer begins with.
 */
export class Blocks {
  readonly #ids = new Map<string, string>()
  #continued: string | undefined
  #count = 0

  /** `open` holds the text blocks that are open already, by id: that of a continued answer, or none. */
  constructor(open: Record<string, number>) {
    this.#continued = continuedBlock in open ? continuedBlock : undefined
  }

  /** The event under our id (a tool call keeps its own); undefined for one that says nothing any more. Throws RangeError on an event of no open block. */
  rename(event: ModelEvent): ModelEvent | undefined {
    switch (event.type) {
      case "finish":
      case "tool-input-start":
      case "tool-input-delta":
      case "tool-input-available":
        return event
      case "text-start":
      case "reasoning-start":
        return this.#open(event)
      default: {
        const key = keyOf(event)
        const id = this.#ids.get(key)
        if (id === undefined) throw new RangeError(`the provider sent ${event.type} for a block that is not open`)
        if (event.type === "text-end" || event.type === "reasoning-end") this.#ids.delete(key)
        return { ...event, id }
      }
    }
  }

  #open(event: Extract<ModelEvent, { type: "text-start" | "reasoning-start" }>): ModelEvent | undefined {
    if (event.type === "text-start" && this.#continued !== undefined) {
      this.#ids.set(keyOf(event), this.#continued)
      this.#continued = undefined
      return undefined
    }
    this.#count += 1
    const id = event.type === "text-start" ? `text-${this.#count}` : `reasoning-${this.#count}`
    this.#ids.set(keyOf(event), id)
    return { type: event.type, id }
  }
}

const keyOf = (event: { type: string; id: string }): string => `${event.type.slice(0, 4)}/${event.id}`
