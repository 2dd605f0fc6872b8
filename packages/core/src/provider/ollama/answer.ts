import * as v from "valibot"
import type { ModelEvent, ModelUsage } from "../../model/provider.ts"
import type { FinishReason } from "../../protocol/event.ts"
import { OmniError } from "../../protocol/error.ts"
import { parseObject } from "../answer.ts"
import type { AnswerReader } from "../answer.ts"
import { Blocks } from "../blocks.ts"
import { messageOf } from "../failure.ts"
import type { Server } from "../server.ts"
import { toolCalls } from "./wire.ts"

type ChatLine = {
  message?: { content?: unknown; thinking?: unknown; tool_calls?: unknown } | null
  done?: unknown
  done_reason?: unknown
  prompt_eval_count?: unknown
  eval_count?: unknown
  error?: unknown
}

/** Reads the lines of `/api/chat`: one JSON object each, the last with `done: true`. */
export class OllamaAnswer implements AnswerReader {
  readonly #server: Server
  readonly #blocks = new Blocks()
  #called = false

  constructor(server: Server) {
    this.#server = server
  }

  line(line: string, events: ModelEvent[]): boolean {
    if (line === "") return false
    const chunk: ChatLine = parseObject(this.#server, line)
    if (chunk.error) throw this.#server.reported(messageOf(chunk) ?? line)
    const { message } = chunk
    if (chunk.done !== true && (typeof message !== "object" || message === null)) throw this.#server.unreadable(line)
    if (typeof message?.thinking === "string") this.#blocks.reasoning(message.thinking, events)
    if (typeof message?.content === "string") this.#blocks.text(message.content, events)
    if (message?.tool_calls != null) this.#calls(message.tool_calls, line, events)
    if (chunk.done !== true) return false
    this.#blocks.end(events)
    events.push({ type: "finish", finishReason: this.#reason(chunk.done_reason), usage: usageOf(chunk) })
    return true
  }

  end(): boolean {
    return false
  }

  /** Calls are told whole. Older servers give them no id. */
  #calls(told: unknown, line: string, events: ModelEvent[]): void {
    const calls = v.safeParse(toolCalls, told)
    if (!calls.success) throw this.#server.unreadable(line)
    for (const { id, function: called } of calls.output) {
      this.#blocks.end(events)
      this.#called = true
      const call = { id: id || `call_${crypto.randomUUID()}`, toolName: called.name }
      events.push({ type: "tool-input-start", ...call })
      events.push({ type: "tool-input-available", ...call, input: called.arguments ?? {} })
    }
  }

  #reason(reason: unknown): FinishReason {
    switch (reason) {
      case undefined: // Versions before 0.2 say only that they are done.
      case "stop":
        return this.#called ? "tool-calls" : "stop"
      case "length":
        return "length"
      case "load":
      case "unload":
        throw new OmniError("upstream_failed", `${this.#server.name} only did a ${reason} of the model. Try again.`)
      default:
        return "other"
    }
  }
}

function usageOf({ prompt_eval_count: input, eval_count: output }: ChatLine): ModelUsage {
  return {
    ...(typeof input === "number" ? { inputTokens: input } : {}),
    ...(typeof output === "number" ? { outputTokens: output } : {}),
  }
}
