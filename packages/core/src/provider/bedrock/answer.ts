import type { ModelEvent, ModelUsage } from "../../model/provider.ts"
import type { FinishReason } from "../../protocol/event.ts"
import { limits } from "../../protocol/limits.ts"
import { endless, malformed } from "./failure.ts"
import { redacted, signed } from "./reasoning.ts"
import { writtenInput } from "./tools.ts"
import type { ToolNames } from "./tools.ts"
import type { ConverseDelta, ConverseEvent, ConverseUsage } from "./wire.ts"

const finishReasons: Record<string, FinishReason> = {
  end_turn: "stop",
  stop_sequence: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  content_filtered: "content-filter",
  guardrail_intervened: "content-filter",
  refusal: "content-filter",
  tool_use: "tool-calls",
}

/** Characters or bytes: what is larger has no room in one event of a run (protocol E5), in base 64 and as JSON. */
const largestSeal = Math.floor((limits.event * 2) / 3)

type Open =
  | { kind: "text"; id: string }
  | { kind: "reasoning"; id: string; began: boolean; signature: string; hidden: Uint8Array[] }
  | { kind: "tool"; id: string; name: string; input: string }

/** Collects one answer. Deltas belong to the block of their index, whether or not its start was told. */
export class BedrockAnswer {
  readonly #model: string
  readonly #names: ToolNames
  #heldBack: string
  readonly #open = new Map<number, Open>()
  #count = 0
  #hasWords = false
  #finishReason: FinishReason | undefined
  #usage: ModelUsage = {}

  /** `heldBack` is the white space before the answer: when it comes again, it is left out once. */
  constructor(model: string, names: ToolNames, heldBack: string) {
    this.#model = model
    this.#names = names
    this.#heldBack = heldBack
  }

  /** Whether the end mark has come; what follows is only the usage. */
  get stopped(): boolean {
    return this.#finishReason !== undefined
  }

  /** Takes one event of Bedrock's and adds ours. @throws OmniError `upstream_failed` on one that cannot be used */
  take(event: ConverseEvent, events: ModelEvent[]): void {
    const { contentBlockStart, contentBlockDelta, contentBlockStop, messageStop, metadata } = event
    if (contentBlockDelta !== undefined) {
      const { contentBlockIndex = 0, delta } = contentBlockDelta
      if (delta !== undefined) this.#delta(contentBlockIndex, delta, events)
    } else if (contentBlockStart !== undefined) {
      const { contentBlockIndex = 0, start } = contentBlockStart
      const { toolUseId, name } = start?.toolUse ?? {}
      if (toolUseId !== undefined && name !== undefined) this.#call(contentBlockIndex, toolUseId, name, events)
    } else if (contentBlockStop !== undefined) {
      this.#end(contentBlockStop.contentBlockIndex ?? 0, events)
    } else if (messageStop !== undefined) {
      this.#stop(messageStop.stopReason ?? "", events)
    } else if (metadata?.usage !== undefined) {
      this.#usage = usageOf(metadata.usage)
    }
  }

  /** What stands at the end. @throws OmniError `upstream_failed` when the end mark has not come */
  finish(): ModelEvent {
    if (this.#finishReason === undefined) throw endless(this.#model)
    return { type: "finish", finishReason: this.#finishReason, usage: this.#usage }
  }

  #delta(index: number, { text, reasoningContent, toolUse }: ConverseDelta, events: ModelEvent[]): void {
    if (text !== undefined) this.#say(index, this.#withoutRepetition(text), events)
    if (reasoningContent !== undefined) this.#think(index, reasoningContent, events)
    if (toolUse?.input) {
      const call = this.#open.get(index)
      if (call?.kind !== "tool") throw malformed(this.#model, "the input of a call that has not begun")
      call.input += toolUse.input
      events.push({ type: "tool-input-delta", id: call.id, delta: toolUse.input })
    }
  }

  #say(index: number, delta: string, events: ModelEvent[]): void {
    if (delta === "") return
    let block = this.#open.get(index)
    if (block?.kind !== "text") {
      this.#end(index, events)
      block = { kind: "text", id: this.#newId() }
      this.#open.set(index, block)
      events.push({ type: "text-start", id: block.id })
    }
    this.#hasWords = true
    events.push({ type: "text-delta", id: block.id, delta })
  }

  /** A signature seals its block; what is hidden is a block of its own. */
  #think(index: number, delta: NonNullable<ConverseDelta["reasoningContent"]>, events: ModelEvent[]): void {
    const { text, signature, redactedContent } = delta
    let block = this.#open.get(index)
    const isOther =
      block?.kind !== "reasoning" ||
      (text && (block.signature !== "" || block.hidden.length > 0)) ||
      (redactedContent !== undefined && (block.began || block.signature !== ""))
    if (block?.kind !== "reasoning" || isOther) {
      if (!text && !signature && redactedContent === undefined) return
      this.#end(index, events)
      block = { kind: "reasoning", id: this.#newId(), began: false, signature: "", hidden: [] }
      this.#open.set(index, block)
    }
    if (text) {
      if (!block.began) events.push({ type: "reasoning-start", id: block.id })
      block.began = true
      events.push({ type: "reasoning-delta", id: block.id, delta: text })
    }
    if (signature) block.signature += signature
    if (redactedContent !== undefined) block.hidden.push(redactedContent)
  }

  #call(index: number, id: string, theirName: string, events: ModelEvent[]): void {
    this.#end(index, events)
    const name = this.#names.ours(theirName)
    this.#open.set(index, { kind: "tool", id, name, input: "" })
    events.push({ type: "tool-input-start", id, toolName: name })
  }

  #end(index: number, events: ModelEvent[]): void {
    const block = this.#open.get(index)
    if (block === undefined) return
    this.#open.delete(index)
    switch (block.kind) {
      case "text":
        events.push({ type: "text-end", id: block.id })
        return
      case "tool":
        events.push({
          type: "tool-input-available",
          id: block.id,
          toolName: block.name,
          input: writtenInput(block.input),
        })
        return
      case "reasoning":
        this.#endThought(block, events)
    }
  }

  /** A seal without words is nothing that could be shown or given back, and one too large for an event is left out. */
  #endThought({ id, began, signature, hidden }: Extract<Open, { kind: "reasoning" }>, events: ModelEvent[]): void {
    const data = concatenated(hidden)
    if (data.length > 0 && data.length <= largestSeal) {
      events.push({ type: "reasoning-start", id })
      events.push({ type: "reasoning-end", id, providerMetadata: redacted(this.#model, data) })
    } else if (began) {
      const isSealed = signature !== "" && signature.length <= largestSeal
      events.push({
        type: "reasoning-end",
        id,
        ...(isSealed ? { providerMetadata: signed(this.#model, signature) } : {}),
      })
    }
  }

  #stop(stopReason: string, events: ModelEvent[]): void {
    if (stopReason.startsWith("malformed_")) throw malformed(this.#model, stopReason)
    for (const index of [...this.#open.keys()]) this.#end(index, events)
    this.#finishReason = finishReasons[stopReason] ?? "other"
    if (this.#finishReason !== "content-filter" || this.#hasWords) return
    // What stops an answer has words of its own as a rule; a person must see also that there were none.
    const id = this.#newId()
    events.push({ type: "text-start", id })
    events.push({ type: "text-delta", id, delta: `*${stoppedBy(stopReason)}*` })
    events.push({ type: "text-end", id })
  }

  #withoutRepetition(delta: string): string {
    if (this.#heldBack === "") return delta
    const heldBack = this.#heldBack
    this.#heldBack = ""
    return delta.startsWith(heldBack) ? delta.slice(heldBack.length) : delta
  }

  #newId(): string {
    this.#count += 1
    return String(this.#count)
  }
}

const stoppedBy = (stopReason: string): string =>
  stopReason === "guardrail_intervened"
    ? "A guardrail of this service stopped this answer. Ask in another way."
    : "The model gave no answer to this, by its own rules. Ask in another way."

/** Ours count what a cache was read or written with as input, Bedrock's do not. */
function usageOf(usage: ConverseUsage): ModelUsage {
  const { inputTokens, outputTokens, cacheReadInputTokens: read, cacheWriteInputTokens: written } = usage
  return {
    ...(inputTokens === undefined ? {} : { inputTokens: inputTokens + (read ?? 0) + (written ?? 0) }),
    ...(outputTokens === undefined ? {} : { outputTokens }),
    ...(read === undefined ? {} : { cacheReadTokens: read }),
    ...(written === undefined ? {} : { cacheWriteTokens: written }),
  }
}

function concatenated(pieces: readonly Uint8Array[]): Uint8Array {
  const [first] = pieces
  if (pieces.length === 1 && first !== undefined) return first
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
