import type { ModelEvent, ModelUsage } from "../../model/provider.ts"
import type { FinishReason } from "../../protocol/event.ts"
import { endless, malformed } from "./failure.ts"
import type { ConverseEvent } from "./wire.ts"

const finishReasons: Record<string, FinishReason> = {
  end_turn: "stop",
  stop_sequence: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  content_filtered: "content-filter",
  guardrail_intervened: "content-filter",
  tool_use: "tool-calls",
}

type Kind = "text" | "reasoning"

/** Collects one answer. Deltas belong to the block of their index, whether or not its start was told. */
export class BedrockAnswer {
  readonly #model: string
  #heldBack: string
  readonly #open = new Map<number, { kind: Kind; id: string }>()
  #count = 0
  #finishReason: FinishReason | undefined
  #usage: ModelUsage = {}

  /** `heldBack` is the white space before the answer: when it comes again, it is left out once. */
  constructor(model: string, heldBack: string) {
    this.#model = model
    this.#heldBack = heldBack
  }

  /** Whether the end mark has come; what follows is only the usage. */
  get stopped(): boolean {
    return this.#finishReason !== undefined
  }

  *take(event: ConverseEvent): Generator<ModelEvent, void, undefined> {
    const { contentBlockDelta, contentBlockStop, messageStop, metadata } = event
    if (contentBlockDelta !== undefined) {
      const { contentBlockIndex = 0, delta } = contentBlockDelta
      if (delta?.text) yield* this.#say("text", contentBlockIndex, this.#withoutRepetition(delta.text))
      if (delta?.reasoningContent?.text) yield* this.#say("reasoning", contentBlockIndex, delta.reasoningContent.text)
    }
    if (contentBlockStop !== undefined) yield* this.#end(contentBlockStop.contentBlockIndex ?? 0)
    if (messageStop !== undefined) {
      const { stopReason = "" } = messageStop
      if (stopReason.startsWith("malformed_")) throw malformed(this.#model, stopReason)
      for (const index of [...this.#open.keys()]) yield* this.#end(index)
      this.#finishReason = finishReasons[stopReason] ?? "other"
    }
    if (metadata?.usage !== undefined) {
      const { inputTokens, outputTokens } = metadata.usage
      this.#usage = {
        ...(inputTokens === undefined ? {} : { inputTokens }),
        ...(outputTokens === undefined ? {} : { outputTokens }),
      }
    }
  }

  /** What stands at the end. @throws OmniError `upstream_failed` when the end mark has not come */
  finish(): ModelEvent {
    if (this.#finishReason === undefined) throw endless(this.#model)
    return { type: "finish", finishReason: this.#finishReason, usage: this.#usage }
  }

  #withoutRepetition(delta: string): string {
    const heldBack = this.#heldBack
    this.#heldBack = ""
    return delta.startsWith(heldBack) ? delta.slice(heldBack.length) : delta
  }

  *#say(kind: Kind, index: number, delta: string): Generator<ModelEvent, void, undefined> {
    if (delta === "") return
    let block = this.#open.get(index)
    if (block?.kind !== kind) {
      yield* this.#end(index)
      this.#count += 1
      block = { kind, id: String(this.#count) }
      this.#open.set(index, block)
      yield { type: `${kind}-start`, id: block.id }
    }
    yield { type: `${kind}-delta`, id: block.id, delta }
  }

  *#end(index: number): Generator<ModelEvent, void, undefined> {
    const block = this.#open.get(index)
    if (block === undefined) return
    this.#open.delete(index)
    yield { type: `${block.kind}-end`, id: block.id }
  }
}
