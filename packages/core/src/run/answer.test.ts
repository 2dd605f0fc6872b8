import { describe, expect, it } from "vitest"
import type { Event } from "../protocol/event.ts"
import { newReduction } from "../protocol/reduce.ts"
import { Answer } from "./answer.ts"

const began = 1000

function speak(...events: Parameters<Answer["take"]>[]): Answer {
  const answer = new Answer(newReduction(), began)
  answer.openStep()
  for (const [event, now] of events) answer.take(event, now)
  return answer
}

const drained = (answer: Answer, most = Number.POSITIVE_INFINITY): Event[] =>
  answer.drain(most).map(({ json }) => JSON.parse(json) as Event)

describe("an answer that is being written", () => {
  it("merges deltas until they are taken, and gives them once", () => {
    const answer = speak(
      [{ type: "text-start", id: "t" }, 1100],
      [{ type: "text-delta", id: "t", delta: "Hel" }, 1100],
      [{ type: "text-delta", id: "t", delta: "lo" }, 1110],
    )
    expect(drained(answer).at(-1)).toEqual({ type: "text-delta", id: "t", delta: "Hello" })
    expect(drained(answer)).toEqual([])
    expect(answer.hasWaiting).toBe(false)
  })

  it("tells words from the beginning of a block, so that nobody waits an interval for the first ones", () => {
    const answer = speak([{ type: "text-start", id: "t" }, 1])
    expect([answer.hasWaiting, answer.hasWordsWaiting]).toEqual([true, false])
    answer.take({ type: "text-delta", id: "t", delta: "Hello" }, 2)
    expect(answer.hasWordsWaiting).toBe(true)
  })

  it("keeps half a surrogate pair back until its other half has come [E5]", () => {
    const answer = speak([{ type: "text-start", id: "t" }, 1], [{ type: "text-delta", id: "t", delta: "a\ud83d" }, 1])
    expect(drained(answer).at(-1)).toEqual({ type: "text-delta", id: "t", delta: "a" })
    answer.take({ type: "text-delta", id: "t", delta: "\ude00" }, 2)
    expect(drained(answer)).toEqual([{ type: "text-delta", id: "t", delta: "😀" }])
  })

  it("gives a long delta in pieces, so that no batch is too large to store [E5]", () => {
    const text = "👩‍🚀 and so on ".repeat(1000)
    const answer = speak([{ type: "text-start", id: "t" }, 1], [{ type: "text-delta", id: "t", delta: text }, 1])
    let said = ""
    for (let pieces = 0; answer.hasWaiting; pieces++) {
      expect(pieces).toBeLessThan(100)
      const batch = drained(answer, 501)
      const deltas = batch.flatMap((event) => (event.type === "text-delta" ? [event.delta] : []))
      for (const delta of deltas) expect(delta).not.toMatch(/\p{Surrogate}/u)
      expect(deltas.join("").length).toBeLessThanOrEqual(501)
      said += deltas.join("")
    }
    expect(said).toBe(text)
    expect(answer.waitingBytes).toBe(0)
  })

  it("tells times from the start of the run and tokens as the provider counted them [E4]", () => {
    const answer = speak(
      [{ type: "reasoning-start", id: "r" }, 1200],
      [{ type: "reasoning-delta", id: "r", delta: "hm" }, 1200],
      [{ type: "reasoning-end", id: "r" }, 1500],
      [{ type: "text-start", id: "t" }, 1500],
      [{ type: "text-delta", id: "t", delta: "yes" }, 1600],
      [{ type: "finish", finishReason: "stop", usage: { inputTokens: 7, outputTokens: 3 } }, 1700],
    )
    expect(answer.usage(1700)).toEqual({
      inputTokens: 7,
      outputTokens: 3,
      durationMs: 700,
      firstTokenMs: 200,
      reasoningMs: 300,
    })
  })

  it("estimates the tokens nobody counted, and none where the model was not asked [E4]", () => {
    const asked = speak([{ type: "text-start", id: "t" }, 1], [{ type: "text-delta", id: "t", delta: "12345678" }, 1])
    expect(asked.usage(2000)).toMatchObject({ inputTokens: 0, outputTokens: 2, estimated: true })
    const unasked = new Answer(newReduction(), began)
    expect(unasked.usage(1500)).toEqual({ inputTokens: 0, outputTokens: 0, durationMs: 500 })
  })
})
