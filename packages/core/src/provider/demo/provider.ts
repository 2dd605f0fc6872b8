import type { ModelEvent, ModelMessage, ModelProvider, ModelRequest } from "../../model/provider.ts"
import { OmniError } from "../../protocol/error.ts"
import type { Clock } from "../../store/clock.ts"
import { scriptFor } from "./script.ts"

export type DemoOptions = {
  clock: Clock
  /** Between two pieces of an answer, in milliseconds. */
  pieceMs?: number
}

/** About as fast as a small model on an ordinary computer: 21 pieces a second. */
const usualPieceMs = 48

/**
 * Answers without any model: texts of our own, sent as a model would send its words, that show what an answer can look
 * like. It says of itself that it is a demo. An answer that broke off is gone on from where it ended.
 */
export function demoProvider({ clock, pieceMs = usualPieceMs }: DemoOptions): ModelProvider {
  async function* stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent, void, undefined> {
    if (request.model !== "tour") {
      throw new OmniError("model_not_found", `The demo has no model "${request.model}". It has "tour".`)
    }
    const script = scriptFor(lastText(request.messages, "user"))
    const said = request.messages.at(-1)?.role === "assistant" ? lastText(request.messages, "assistant") : ""
    if (said === "" && request.params.reasoning !== "off") yield* block("reasoning", "1", script.reasoning, signal)
    const known = script.text.startsWith(said)
    const text = known ? script.text.slice(said.length) : `\n\n${script.text}`
    const left = known ? (script.breaksAt ?? 0) - said.length : 0
    if (left > 0) {
      yield* block("text", "2", text.slice(0, left), signal, false)
      throw new OmniError(
        "upstream_failed",
        "The demo broke off here on purpose, to show how a failure looks. Nothing that was said is lost: " +
          "continue the answer to see the rest, or ask again.",
      )
    }
    yield* block("text", "2", text, signal)
    yield { type: "finish", finishReason: "stop", usage: {} }
  }

  async function* block(
    kind: "reasoning" | "text",
    id: string,
    text: string,
    signal: AbortSignal,
    ends = true,
  ): AsyncGenerator<ModelEvent, void, undefined> {
    if (text === "") return
    yield { type: `${kind}-start`, id }
    for (const delta of pieces(text)) {
      await clock.sleep(pieceMs, signal)
      signal.throwIfAborted()
      yield { type: `${kind}-delta`, id, delta }
    }
    if (ends) yield { type: `${kind}-end`, id }
  }

  return {
    id: "demo",
    list: () => Promise.resolve([{ id: "tour", name: "Demo tour", capabilities: ["reasoning"] }]),
    stream,
  }
}

/** Word by word, long ones in parts, with the space that stands before them. */
const pieces = (text: string): readonly string[] => text.match(/\s*\S{1,8}|\s+$/g) ?? []

function lastText(messages: readonly ModelMessage[], role: ModelMessage["role"]): string {
  const content = messages.findLast((message) => message.role === role)?.content ?? []
  return content.map((part) => (part.type === "text" ? part.text : "")).join("")
}
