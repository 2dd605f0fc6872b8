import type { ModelEvent, ModelUsage } from "../../model/provider.ts"
import type { FinishReason } from "../../protocol/event.ts"
import { parseObject } from "../answer.ts"
import type { AnswerReader } from "../answer.ts"
import { Blocks } from "../blocks.ts"
import { messageOf } from "../failure.ts"
import type { Server } from "../server.ts"
import { eventField } from "./events.ts"

type Chunk = {
  choices?: Choice[] | null
  usage?: { prompt_tokens?: unknown; completion_tokens?: unknown } | null
  error?: unknown
}
type Choice = { index?: unknown; delta?: Delta | null; finish_reason?: unknown }
type Delta = { content?: unknown; reasoning_content?: unknown; reasoning?: unknown; refusal?: unknown }

/**
 * Reads the server-sent events of `/chat/completions`. Each has one line of data in every server there is, so a line is
 * read when it is complete and not only at the empty line after it.
 *
 * The end mark is `[DONE]` or a `finish_reason`: there are servers that send no `finish_reason` at a natural stop
 * (vllm-mlx), and servers and proxies that send no `[DONE]`. Usage comes between the two, so the answer is held open until
 * `[DONE]` or the end of the stream. A stream with neither has failed.
 */
export class OpenaiAnswer implements AnswerReader {
  readonly #server: Server
  readonly #blocks = new Blocks()
  #usage: ModelUsage = {}
  #reason: FinishReason | undefined

  constructor(server: Server) {
    this.#server = server
  }

  line(line: string, events: ModelEvent[]): boolean {
    const field = eventField(line)
    switch (field?.name) {
      case undefined:
      case "event":
      case "id":
      case "retry":
        return false
      case "data":
        return this.#data(field.value, events)
      case "error": // Older llama.cpp servers name the field so.
        throw this.#server.reported(messageOf(parseObject(this.#server, field.value)) ?? field.value)
      default:
        throw this.#unexpected(line)
    }
  }

  end(events: ModelEvent[]): boolean {
    if (this.#reason === undefined) return false
    this.#finish(this.#reason, events)
    return true
  }

  #data(data: string, events: ModelEvent[]): boolean {
    if (data === "") return false
    if (data === "[DONE]") {
      this.#finish(this.#reason ?? "stop", events)
      return true
    }
    const chunk: Chunk = parseObject(this.#server, data)
    if (chunk.error) throw this.#server.reported(messageOf(chunk) ?? data)
    const { choices, usage } = chunk
    if (usage) this.#usage = usageOf(usage)
    if (choices === undefined || choices === null) return this.#withoutChoices(chunk, data)
    if (!Array.isArray(choices)) throw this.#server.unreadable(data)
    const choice = choices.find((each) => (each.index ?? 0) === 0)
    if (choice?.delta) this.#delta(choice.delta, events)
    if (typeof choice?.finish_reason === "string" && choice.finish_reason !== "") {
      if (choice.finish_reason === "error") throw this.#server.reported("it ended the answer with an error")
      this.#reason = finishReason(choice.finish_reason)
    }
    return false
  }

  #delta({ content, reasoning_content, reasoning, refusal }: Delta, events: ModelEvent[]): void {
    // Servers that send both names send the same words in both.
    const thought = reasoning_content || reasoning
    if (typeof thought === "string") this.#blocks.reasoning(thought, events)
    if (typeof content === "string") this.#blocks.text(content, events)
    if (typeof refusal === "string") this.#blocks.text(refusal, events)
  }

  #finish(finishReason: FinishReason, events: ModelEvent[]): void {
    this.#blocks.end(events)
    events.push({ type: "finish", finishReason, usage: this.#usage })
  }

  #withoutChoices(chunk: Chunk, data: string): boolean {
    if (!chunk.usage) throw this.#server.unreadable(data)
    return false
  }

  /** A line that belongs to no event: perhaps a plain JSON body, which may be an error's. */
  #unexpected(line: string): Error {
    if (!line.startsWith("{")) return this.#server.unreadable(line)
    const body: Chunk = parseObject(this.#server, line)
    return body.error ? this.#server.reported(messageOf(body) ?? line) : this.#server.unreadable(line)
  }
}

function usageOf({ prompt_tokens: input, completion_tokens: output }: NonNullable<Chunk["usage"]>): ModelUsage {
  return {
    ...(typeof input === "number" ? { inputTokens: input } : {}),
    ...(typeof output === "number" ? { outputTokens: output } : {}),
  }
}

function finishReason(theirs: string): FinishReason {
  switch (theirs) {
    case "stop":
    case "length":
      return theirs
    case "content_filter":
      return "content-filter"
    case "tool_calls":
    case "function_call":
      return "tool-calls"
    default:
      return "other"
  }
}
