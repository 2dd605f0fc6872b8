import fc from "fast-check"
import { finishReasons } from "@omnichat/core/protocol/event"
import type { EndMetadata, EndedStatus, Event } from "@omnichat/core/protocol/event"
import { errorCodes } from "@omnichat/core/protocol/error"
import { newId } from "@omnichat/core/protocol/id"
import { EventListBuilder } from "./event-list-builder.ts"
import { move, words } from "./event-moves.ts"

const count = fc.nat({ max: 1_000_000 })
const usage = fc.record(
  {
    inputTokens: count,
    outputTokens: count,
    durationMs: count,
    firstTokenMs: count,
    reasoningMs: count,
    estimated: fc.boolean(),
  },
  { requiredKeys: ["inputTokens", "outputTokens", "durationMs"] },
)

const ending = fc.oneof(
  fc.record({ status: fc.constant("complete" as const), finishReason: fc.constantFrom(...finishReasons) }),
  fc.record({ status: fc.constant("stopped" as const) }),
  fc.record({
    status: fc.constantFrom("failed" as const, "interrupted" as const),
    error: fc.record({ code: fc.constantFrom(...errorCodes), message: words, retryable: fc.boolean() }),
  }),
)

export type EventListOptions = {
  /** Only runs that end so. */
  statuses?: readonly EndedStatus[]
  /** The most wishes a run is made of; a wish is one to five events. */
  maxMoves?: number
}

/**
 * Whole runs, from `start` to the terminal event, as protocol E1 to E4 allow them: several blocks open at once, steps or
 * none, tools in every state, sources, files, queue news, every way to end. What comes out has been through JSON.
 */
export function eventLists(options: EventListOptions = {}): fc.Arbitrary<Event[]> {
  const { statuses, maxMoves = 30 } = options
  const ends = statuses === undefined ? ending : ending.filter((end) => statuses.includes(end.status))
  return fc
    .record({
      createdAt: fc.date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true }),
      model: fc.constantFrom("ollama/llama3.2:latest", "openai/gpt", "demo/tour"),
      signature: fc.option(words),
      moves: fc.array(move, { maxLength: maxMoves }),
      usage,
      end: ends,
    })
    .map(({ createdAt, model, signature, moves, usage, end }) => {
      const builder = new EventListBuilder(signature ?? undefined)
      builder.start(newId("msg", createdAt.getTime()), model, createdAt.toISOString())
      for (const wish of moves) builder.move(wish)
      const messageMetadata: EndMetadata = { status: end.status, usage }
      if ("error" in end) messageMetadata.error = end.error
      builder.end(messageMetadata, terminal(end))
      return JSON.parse(JSON.stringify(builder.events)) as Event[]
    })
}

function terminal(end: typeof ending extends fc.Arbitrary<infer E> ? E : never): Event {
  if ("finishReason" in end) return { type: "finish", finishReason: end.finishReason }
  return "error" in end ? { type: "error", errorText: end.error.message } : { type: "abort" }
}
