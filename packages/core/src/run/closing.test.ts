import fc from "fast-check"
import * as v from "valibot"
import { describe, expect, it } from "vitest"
import { type Event, event as eventSchema, isTerminal } from "../protocol/event.ts"
import { apply, reduce } from "../protocol/reduce.ts"
import { type Outcome, closingEvents } from "./closing.ts"

const usage = { inputTokens: 1, outputTokens: 2, durationMs: 3 }
const outcomes: Outcome[] = [
  { status: "complete", finishReason: "length" },
  { status: "stopped" },
  { status: "failed", error: { code: "upstream_failed", message: "it died", retryable: true } },
  { status: "interrupted", error: { code: "interrupted", message: "it was cut off", retryable: true } },
]
const start: Event = {
  type: "start",
  messageId: "msg_01HF0000000000000000000000",
  messageMetadata: { model: "m", createdAt: "2026-01-01T00:00:00.000Z" },
}
const said: Event[] = [
  start,
  { type: "start-step" },
  { type: "reasoning-start", id: "r" },
  { type: "reasoning-delta", id: "r", delta: "hm" },
  { type: "text-start", id: "t" },
  { type: "text-delta", id: "t", delta: "so" },
  { type: "tool-input-start", toolCallId: "c1", toolName: "add", dynamic: true },
  { type: "tool-input-available", toolCallId: "c2", toolName: "add", input: {}, dynamic: true },
]

describe("the end of a run [E4]", () => {
  it("ends blocks, tool calls and the step, tells the facts, and says one terminal event last", () => {
    const reduction = reduce(said)
    expect(closingEvents(reduction, outcomes[2] as Outcome, usage)).toEqual([
      { type: "reasoning-end", id: "r" },
      { type: "text-end", id: "t" },
      expect.objectContaining({ type: "tool-input-error", toolCallId: "c1" }),
      expect.objectContaining({ type: "tool-output-error", toolCallId: "c2" }),
      { type: "finish-step" },
      {
        type: "message-metadata",
        messageMetadata: { status: "failed", usage, error: (outcomes[2] as { error: object }).error },
      },
      { type: "error", errorText: "it died" },
    ])
  })

  it("leaves nothing open, whatever was said and however it ends", () => {
    fc.assert(
      fc.property(fc.nat(said.length), fc.constantFrom(...outcomes), (length, outcome) => {
        const reduction = reduce(said.slice(0, length))
        const closing = closingEvents(reduction, outcome, usage)
        for (const event of closing) apply(reduction, v.parse(eventSchema, event))
        expect(closing.filter(isTerminal)).toHaveLength(1)
        expect(reduction.open).toEqual({ text: {}, reasoning: {}, tool: {} })
        expect(reduction.stepOpen).toBe(false)
        expect(reduction.end?.status).toBe(outcome.status)
        expect(reduction.end?.error !== undefined).toBe("error" in outcome)
        expect(reduction.parts.every((part) => !("state" in part) || part.state !== "streaming")).toBe(true)
      }),
    )
  })
})
