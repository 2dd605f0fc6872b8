import { describe, expect, test } from "vitest"
import type { Turn } from "../runtime/conversation/turn.ts"
import { faultOf } from "./fault.ts"
import { duration, metaOf, thoughtLabel } from "./meta.ts"
import { sentences } from "./sentences.ts"

const answer = (more: Partial<Turn>): Turn => ({
  key: "msg_A",
  id: "msg_A",
  parent: null,
  role: "assistant",
  parts: [{ type: "text", text: "Give every job a lease." }],
  status: "complete",
  createdAt: "2026-01-01T00:00:00.000Z",
  ...more,
})

describe("the line under an answer", () => {
  test("says who, how much and how fast, without the wait for the first word", () => {
    const usage = { inputTokens: 9, outputTokens: 412, durationMs: 11_842, firstTokenMs: 1000 }
    expect(metaOf(answer({ usage }), "qwen3")).toEqual(["qwen3", "412 tokens", "38 tokens/s"])
  })

  test("says no speed that a moment's writing, or a few tokens, cannot tell", () => {
    const moment = { inputTokens: 9, outputTokens: 412, durationMs: 1900, firstTokenMs: 1000 }
    expect(metaOf(answer({ usage: moment }), "qwen3")).toEqual(["qwen3", "412 tokens"])
    const few = { inputTokens: 9, outputTokens: 19, durationMs: 9000, firstTokenMs: 1000 }
    expect(metaOf(answer({ usage: few }), "qwen3")).toEqual(["qwen3", "19 tokens"])
  })

  test("says when it is an estimate, was stopped, or ended at the limit", () => {
    const usage = { inputTokens: 0, outputTokens: 118, durationMs: 0, estimated: true }
    expect(metaOf(answer({ usage, status: "stopped" }), "qwen3")).toEqual(["Stopped", "qwen3", "about 118 tokens"])
    expect(metaOf(answer({ usage, cut: true }), "qwen3")[0]).toBe("Reached the length limit")
  })

  test("counts roughly while words arrive, and not at all before", () => {
    expect(metaOf(answer({ status: "running" }), "qwen3")).toEqual(["qwen3", "about 10 tokens"])
    expect(metaOf(answer({ status: "running", parts: [] }), "qwen3")).toEqual(["qwen3"])
  })
})

test("times are said in seconds and minutes", () => {
  expect([0, 1499, 12_000, 60_000, 125_000].map(duration)).toEqual(["1 s", "1 s", "12 s", "1 min", "2 min 5 s"])
})

test("a thought says how long it takes and took, when that is known", () => {
  const turn = answer({ thought: { from: 10_000, exact: true } })
  expect(thoughtLabel(turn, true, 10_400)).toBe("Thinking")
  expect(thoughtLabel(turn, true, 14_000)).toBe("Thinking, 4 s")
  expect(thoughtLabel(turn, false, 0)).toBe("Thought")
  const usage = { inputTokens: 1, outputTokens: 1, durationMs: 1, reasoningMs: 12_300 }
  expect(thoughtLabel(answer({ usage }), false, 0)).toBe("Thought for 12 s")
})

describe("trouble", () => {
  test("with words above it says that they are kept, and offers to go on", () => {
    const usage = { inputTokens: 9, outputTokens: 58, durationMs: 900 }
    const error = { code: "upstream_failed", message: "It closed the connection.", retryable: true }
    expect(faultOf(answer({ status: "failed", usage, error }), "qwen3")).toEqual({
      title: "qwen3 stopped answering",
      text: "It closed the connection. The 58 tokens above are kept.",
      ways: ["retry", "continue", "model"],
    })
  })

  test("without words there is nothing to go on from", () => {
    const error = { code: "model_unavailable", message: "Nobody answers.", retryable: true }
    expect(faultOf(answer({ status: "failed", parts: [], error }), "qwen3")).toEqual({
      title: "qwen3 is not there",
      text: "Nobody answers.",
      ways: ["retry", "model", "settings"],
    })
  })

  test("an answer that is complete or stopped has none", () => {
    expect(faultOf(answer({}), "qwen3")).toBeUndefined()
    expect(faultOf(answer({ status: "stopped" }), "qwen3")).toBeUndefined()
  })
})

describe("what is read out", () => {
  test("whole sentences, as they end", () => {
    const text = "**Faster** for each. One client waits half"
    const first = sentences(text, 0, false)
    expect(first.spoken).toBe("Faster for each.")
    expect(sentences(text, first.next, false)).toEqual({ spoken: "", next: first.next })
    expect(sentences(text, first.next, true).spoken).toBe("One client waits half")
  })

  test("code by its name, and only when it is whole", () => {
    const open = "Here it is:\n\n```ts\nconst a = 1. "
    const first = sentences(open, 0, false)
    expect(first.spoken).toBe("Here it is:")
    expect(sentences(open, first.next, false).spoken).toBe("")
    expect(sentences(`${open}\n\`\`\`\n\nDone. `, first.next, false).spoken).toBe("Code block, ts. Done.")
  })

  test("marks of Markdown are not read", () => {
    expect(sentences("# The rule\n\n- See [the page](https://a.b/c). `x`", 0, true).spoken).toBe(
      "The rule See the page. x",
    )
  })
})
