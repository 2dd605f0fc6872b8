import { describe, expect, test } from "vitest"
import type { Event } from "./event.ts"
import { apply, endedStatus, newReduction, reduce } from "./reduce.ts"

const start: Event = {
  type: "start",
  messageId: "msg_01J9ZK3V5W8QXA7M2N4P6R8S0T",
  messageMetadata: { model: "demo/tour", createdAt: "2026-01-02T03:04:05.000Z" },
}
const usage = { inputTokens: 3, outputTokens: 4, durationMs: 5 }
const call = { toolCallId: "1", toolName: "search", dynamic: true } as const

describe("[G2] the reduction", () => {
  test("is a message of the answer's parts, in the order they began", () => {
    const { parts } = reduce([
      start,
      { type: "start-step" },
      { type: "reasoning-start", id: "r" },
      { type: "text-start", id: "t" },
      { type: "reasoning-delta", id: "r", delta: "Let me " },
      { type: "text-delta", id: "t", delta: "Hello" },
      { type: "reasoning-delta", id: "r", delta: "think." },
      { type: "reasoning-end", id: "r", providerMetadata: { bedrock: { signature: "abc" } } },
      { type: "text-delta", id: "t", delta: " you." },
      { type: "text-end", id: "t" },
      { type: "finish-step" },
    ])
    expect(parts).toStrictEqual([
      { type: "step-start" },
      {
        type: "reasoning",
        id: "r",
        text: "Let me think.",
        state: "done",
        providerMetadata: { bedrock: { signature: "abc" } },
      },
      { type: "text", text: "Hello you.", state: "done" },
    ])
  })

  test("tells the model, the time, the end and its facts", () => {
    const reduction = reduce([start, { type: "start-step" }])
    expect(reduction).toMatchObject({
      messageId: start.messageId,
      model: "demo/tour",
      createdAt: "2026-01-02T03:04:05.000Z",
      stepOpen: true,
    })
    expect(endedStatus(reduction)).toBeUndefined()
    const error = { code: "interrupted", message: "The worker died.", retryable: true } as const
    reduce(
      [{ type: "finish-step" }, { type: "message-metadata", messageMetadata: { status: "interrupted", usage, error } }],
      reduction,
    )
    expect(endedStatus(reduction)).toBeUndefined()
    apply(reduction, { type: "error", errorText: "The worker died." })
    expect(endedStatus(reduction)).toBe("interrupted")
    expect(reduction).toMatchObject({
      stepOpen: false,
      end: { status: "interrupted", usage, error },
      terminal: "error",
    })
  })

  test("knows what is open, for whoever has to close it", () => {
    const reduction = reduce([
      start,
      { type: "text-start", id: "t" },
      { type: "reasoning-start", id: "r" },
      { type: "tool-input-start", ...call },
      { type: "tool-input-delta", toolCallId: "1", inputTextDelta: '{"que' },
      { type: "tool-input-delta", toolCallId: "1", inputTextDelta: 'ry"' },
    ])
    expect(reduction.open).toEqual({ text: { t: 0 }, reasoning: { r: 1 }, tool: { 1: 2 } })
    expect(reduction.toolInput).toEqual({ 1: '{"query"' })
    reduce(
      [
        { type: "text-end", id: "t" },
        { type: "reasoning-end", id: "r" },
        { type: "tool-input-error", ...call, input: '{"query"', errorText: "It did not end." },
      ],
      reduction,
    )
    expect(reduction.open).toEqual({ text: {}, reasoning: {}, tool: {} })
    expect(reduction.toolInput).toEqual({})
  })

  test.each<[string, Event[], object]>([
    [
      "answered",
      [{ type: "tool-output-available", toolCallId: "1", output: [7] }],
      { state: "output-available", output: [7] },
    ],
    [
      "failed",
      [{ type: "tool-output-error", toolCallId: "1", errorText: "Gone." }],
      { state: "output-error", errorText: "Gone." },
    ],
    [
      "denied",
      [
        { type: "tool-approval-request", approvalId: "a", toolCallId: "1" },
        { type: "tool-output-denied", toolCallId: "1" },
      ],
      { state: "output-denied", approval: { id: "a" } },
    ],
    [
      "waiting for approval",
      [{ type: "tool-approval-request", approvalId: "a", toolCallId: "1" }],
      { state: "approval-requested", approval: { id: "a" } },
    ],
  ])("holds a tool call that is %s", (_, events, expected) => {
    const { parts } = reduce([start, { type: "tool-input-available", ...call, input: { query: "x" } }, ...events])
    expect(parts).toStrictEqual([
      { type: "dynamic-tool", toolName: "search", toolCallId: "1", input: { query: "x" }, ...expected },
    ])
  })

  test("lets news of the queue pass without a trace", () => {
    const reduction = reduce([start])
    const before = structuredClone(reduction)
    apply(reduction, { type: "data-queue", data: { reason: "loading", progress: 0.5 }, transient: true })
    expect(structuredClone(reduction)).toEqual(before)
  })

  test.each<[string, Event]>([
    ["text that has not begun", { type: "text-delta", id: "t", delta: "x" }],
    ["the end of text that has not begun", { type: "text-end", id: "t" }],
    ["reasoning that has not begun", { type: "reasoning-delta", id: "r", delta: "x" }],
    ["the input of a tool call that has not begun", { type: "tool-input-delta", toolCallId: "1", inputTextDelta: "x" }],
    ["the output of a tool call that has not begun", { type: "tool-output-available", toolCallId: "1", output: 1 }],
    ["text with the name of an object's own member", { type: "text-delta", id: "constructor", delta: "x" }],
    ["text with the name of an object's prototype", { type: "text-delta", id: "__proto__", delta: "x" }],
  ])("refuses %s", (_, event) => {
    const reduction = reduce([start])
    expect(() => apply(reduction, event)).toThrow(RangeError)
    expect(reduction.parts).toEqual([])
  })

  test("does not take text up again behind the end of its step", () => {
    const reduction = reduce([start, { type: "start-step" }, { type: "text-start", id: "t" }, { type: "finish-step" }])
    expect(() => apply(reduction, { type: "text-delta", id: "t", delta: "x" })).toThrow(
      "text-delta for the block t, which is not open",
    )
    expect(newReduction().open).toEqual({ text: {}, reasoning: {}, tool: {} })
  })
})
