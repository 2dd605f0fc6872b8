import type { ModelEvent, ModelUsage } from "../model/provider.ts"
import { endsInsidePair } from "../bytes.ts"
import type { Event, FinishReason, Usage } from "../protocol/event.ts"
import { type Reduction, apply } from "../protocol/reduce.ts"
import { type EncodedEvent, encodeEvents, pushMerged } from "./encode.ts"
import { estimateTokens, spokenCharacters } from "./closing.ts"

/**
 * What a worker has to say and has not made durable yet, and what it has said so far. A provider's events become run
 * events here; deltas of one block are merged until they are taken and numbered.
 */
export class Answer {
  /** The reduction of all events, durable or waiting. */
  readonly reduction: Reduction
  readonly #createdAt: number
  #waiting: Event[] = []
  #waitingCharacters = 0
  #firstTokenAt: number | undefined
  #reasoningBegan: number | undefined
  #reasoningEnded: number | undefined
  #usage: ModelUsage = {}
  #asked = false

  constructor(reduction: Reduction, createdAt: number) {
    this.reduction = reduction
    this.#createdAt = createdAt
  }

  /** About how many bytes wait. */
  get waitingBytes(): number {
    return this.#waitingCharacters
  }

  get hasWaiting(): boolean {
    return this.#waiting.length > 0
  }

  /** The step begins, and the model is about to be asked. */
  openStep(): void {
    this.#asked = true
    if (!this.reduction.stepOpen) this.push({ type: "start-step" })
  }

  /** Begins with the text of the answer that this one goes on from. */
  goOnFrom(text: string): string {
    const id = "text-0"
    this.push({ type: "text-start", id })
    if (text !== "") this.push({ type: "text-delta", id, delta: text })
    return id
  }

  /** Takes in one event of the provider; gives how the answer ended, with its last one. */
  take(event: ModelEvent, now: number): FinishReason | undefined {
    switch (event.type) {
      case "finish":
        this.#usage = event.usage
        return event.finishReason
      case "text-delta":
      case "reasoning-delta":
        if (event.delta === "") return undefined
        this.#noteTime(event.type, now)
        break
      case "reasoning-end":
        this.#reasoningEnded = now
        break
    }
    this.push(event as Event)
    return undefined
  }

  push(event: Event): void {
    apply(this.reduction, event)
    pushMerged(this.#waiting, event)
    this.#waitingCharacters += "delta" in event ? event.delta.length : 100
  }

  /** Takes what waits, up to about `mostCharacters`, encoded. A delta that ends inside a surrogate pair waits for its rest. */
  drain(mostCharacters: number): EncodedEvent[] {
    let characters = 0
    let count = 0
    while (count < this.#waiting.length && characters < mostCharacters) {
      const event = this.#waiting[count]
      if (event === undefined) break
      characters += "delta" in event ? event.delta.length : 100
      count += 1
    }
    const taken = this.#waiting.splice(0, count)
    const last = taken.at(-1)
    if (last && this.#waiting.length === 0 && "delta" in last && endsInsidePair(last.delta)) {
      const rest = last.delta.slice(-1)
      this.#waiting.push({ ...last, delta: rest })
      if (last.delta.length === 1) taken.pop()
      else taken[taken.length - 1] = { ...last, delta: last.delta.slice(0, -1) }
    }
    this.#waitingCharacters = Math.max(0, this.#waitingCharacters - characters)
    return encodeEvents(taken)
  }

  usage(now: number): Usage {
    const { inputTokens, outputTokens } = this.#usage
    const counted = outputTokens !== undefined
    const usage: Usage = {
      inputTokens: inputTokens ?? 0,
      outputTokens: outputTokens ?? (this.#asked ? estimateTokens(spokenCharacters(this.reduction)) : 0),
      durationMs: Math.max(0, Math.round(now - this.#createdAt)),
    }
    if (this.#firstTokenAt !== undefined) usage.firstTokenMs = Math.round(this.#firstTokenAt - this.#createdAt)
    if (this.#reasoningBegan !== undefined) {
      usage.reasoningMs = Math.round((this.#reasoningEnded ?? now) - this.#reasoningBegan)
    }
    if (this.#asked && !counted) usage.estimated = true
    return usage
  }

  #noteTime(type: "text-delta" | "reasoning-delta", now: number): void {
    this.#firstTokenAt ??= now
    if (type === "reasoning-delta") this.#reasoningBegan ??= now
    else if (this.#reasoningBegan !== undefined) this.#reasoningEnded ??= now
  }
}
