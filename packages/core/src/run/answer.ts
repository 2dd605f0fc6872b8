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
  /** Characters that were there before this turn: those of an answer that is continued. */
  readonly #before: number

  constructor(reduction: Reduction, createdAt: number) {
    this.reduction = reduction
    this.#before = spokenCharacters(reduction)
    this.#createdAt = createdAt
  }

  /** About how many bytes wait. */
  get waitingBytes(): number {
    return this.#waitingCharacters
  }

  get hasWaiting(): boolean {
    return this.#waiting.length > 0
  }

  /** Something waits that a reader would see: more than the beginning of a step or a block. */
  get hasWordsWaiting(): boolean {
    return this.#waiting.some((event) => !beginnings.has(event.type))
  }

  /** The step begins, and the model is about to be asked. */
  openStep(): void {
    this.#asked = true
    if (!this.reduction.stepOpen) this.push({ type: "start-step" })
  }

  /** What it has said so far, without its reasoning. */
  text(): string {
    return this.reduction.parts.map((part) => (part.type === "text" ? part.text : "")).join("")
  }

  /** Takes in one event of the provider; gives how the answer ended, with its last one. */
  take(event: ModelEvent, now: number): FinishReason | undefined {
    switch (event.type) {
      case "finish":
        this.#usage = countsOf(event.usage)
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
    this.push(runEvent(event))
    return undefined
  }

  push(event: Event): void {
    apply(this.reduction, event)
    pushMerged(this.#waiting, event)
    this.#waitingCharacters += weightOf(event)
  }

  /**
   * Takes what waits, at most about `mostCharacters`, encoded; the rest of a longer delta waits on. A delta that ends
   * inside a surrogate pair waits for its other half.
   */
  drain(mostCharacters: number): EncodedEvent[] {
    const taken: Event[] = []
    let room = mostCharacters
    let next = 0
    for (; next < this.#waiting.length && room > 0; next++) {
      const event = this.#waiting[next]
      if (event === undefined) break
      if (event.type !== "text-delta" && event.type !== "reasoning-delta") {
        taken.push(event)
        room -= eventWeight
        continue
      }
      const cut = cutAt(event.delta, room, next === this.#waiting.length - 1)
      if (cut > 0) taken.push(cut === event.delta.length ? event : { ...event, delta: event.delta.slice(0, cut) })
      room -= cut
      if (cut === event.delta.length) continue
      this.#waiting[next] = { ...event, delta: event.delta.slice(cut) }
      break
    }
    this.#waiting.splice(0, next)
    this.#waitingCharacters = this.#waiting.reduce((sum, event) => sum + weightOf(event), 0)
    return encodeEvents(taken)
  }

  usage(now: number): Usage {
    const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = this.#usage
    const counted = outputTokens !== undefined
    const usage: Usage = {
      inputTokens: inputTokens ?? 0,
      outputTokens: outputTokens ?? (this.#asked ? estimateTokens(spokenCharacters(this.reduction) - this.#before) : 0),
      durationMs: Math.max(0, Math.round(now - this.#createdAt)),
    }
    if (cacheReadTokens !== undefined) usage.cacheReadTokens = cacheReadTokens
    if (cacheWriteTokens !== undefined) usage.cacheWriteTokens = cacheWriteTokens
    if (this.#firstTokenAt !== undefined)
      usage.firstTokenMs = Math.max(0, Math.round(this.#firstTokenAt - this.#createdAt))
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

/** A provider's event as the journal has it. */
function runEvent(event: Exclude<ModelEvent, { type: "finish" }>): Event {
  switch (event.type) {
    case "tool-input-start":
      return { type: event.type, toolCallId: event.id, toolName: event.toolName, dynamic: true }
    case "tool-input-delta":
      return { type: event.type, toolCallId: event.id, inputTextDelta: event.delta }
    case "tool-input-available": {
      const { id: toolCallId, toolName, input } = event
      return { type: event.type, toolCallId, toolName, input, dynamic: true }
    }
    default:
      return event as Event // Text and reasoning are told as providers tell them.
  }
}

/** Counts that are none are as good as not given. */
function countsOf(usage: ModelUsage): ModelUsage {
  const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0
  return Object.fromEntries(Object.entries(usage).filter(([, value]) => isCount(value)))
}

const beginnings: ReadonlySet<Event["type"]> = new Set(["start-step", "text-start", "reasoning-start"])

/** What an event without text counts as, in characters. */
const eventWeight = 100

const weightOf = (event: Event): number => ("delta" in event ? event.delta.length : eventWeight)

/** How much of a delta may be taken; its last half pair stays if more may follow. */
function cutAt(delta: string, room: number, mayGoOn: boolean): number {
  const cut = Math.min(delta.length, room)
  const insidePair = endsInsidePair(delta.slice(cut - 1, cut))
  return insidePair && (cut < delta.length || mayGoOn) ? cut - 1 : cut
}
