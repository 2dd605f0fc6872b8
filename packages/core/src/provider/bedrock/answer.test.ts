import fc from "fast-check"
import { expect, test } from "vitest"
import type { ModelEvent } from "../../model/provider.ts"
import { limits } from "../../protocol/limits.ts"
import { newReduction, apply } from "../../protocol/reduce.ts"
import { Answer } from "../../run/answer.ts"
import { Blocks } from "../../run/blocks.ts"
import { BedrockAnswer } from "./answer.ts"
import { ToolNames } from "./tools.ts"
import { eventsOf } from "./whole.ts"
import type { ConverseEvent } from "./wire.ts"

/** One block as Bedrock may stream it: its events in their order. */
type Block = { said: string; events: (index: number) => ConverseEvent[] }

const word = fc.string({ maxLength: 6 })
const maybe = (event: ConverseEvent, there: boolean): ConverseEvent[] => (there ? [event] : [])
const delta = (contentBlockIndex: number, delta: NonNullable<ConverseEvent["contentBlockDelta"]>["delta"]) => ({
  contentBlockDelta: { contentBlockIndex, delta },
})

const textBlock = fc.tuple(fc.array(word), fc.boolean(), fc.boolean()).map(([words, starts, stops]): Block => ({
  said: words.join(""),
  events: (contentBlockIndex) => [
    ...maybe({ contentBlockStart: { contentBlockIndex } }, starts),
    ...words.map((text) => delta(contentBlockIndex, { text })),
    ...maybe({ contentBlockStop: { contentBlockIndex } }, stops),
  ],
}))
const thought = fc
  .tuple(fc.array(word), fc.option(word), fc.boolean(), fc.boolean())
  .map(([words, signature, hidden, stops]): Block => ({
    said: "",
    events: (contentBlockIndex) => [
      ...words.map((text) => delta(contentBlockIndex, { reasoningContent: { text } })),
      ...(signature === null ? [] : [delta(contentBlockIndex, { reasoningContent: { signature } })]),
      ...maybe(delta(contentBlockIndex, { reasoningContent: { redactedContent: new Uint8Array([1]) } }), hidden),
      ...maybe({ contentBlockStop: { contentBlockIndex } }, stops),
    ],
  }))
const call = fc.tuple(fc.uuid(), fc.array(word), fc.boolean()).map(([toolUseId, words, stops]): Block => ({
  said: "",
  events: (contentBlockIndex) => [
    { contentBlockStart: { contentBlockIndex, start: { toolUse: { toolUseId, name: "look_up" } } } },
    ...words.map((input) => delta(contentBlockIndex, { toolUse: { input } })),
    ...maybe({ contentBlockStop: { contentBlockIndex } }, stops),
  ],
}))

/** The events of all blocks in any order that keeps each block's own. */
function interleaved(blocks: readonly Block[], order: readonly number[]): ConverseEvent[] {
  const queues = blocks.map(({ events }, index) => events(index))
  const mixed: ConverseEvent[] = []
  for (let at = 0; queues.some(({ length }) => length > 0); at++) {
    const waiting = queues.filter(({ length }) => length > 0)
    const next = waiting[(order[at % Math.max(order.length, 1)] ?? 0) % waiting.length]?.shift()
    if (next !== undefined) mixed.push(next)
  }
  return mixed
}

function answerTo(wire: readonly ConverseEvent[]): ModelEvent[] {
  const answer = new BedrockAnswer("m", new ToolNames([]), "")
  const events: ModelEvent[] = []
  for (const event of wire) answer.take(event, events)
  return [...events, answer.finish()]
}

test("any order of the wire's events makes blocks that begin, go on and end, and that the run engine takes", () => {
  const anyBlocks = fc.array(fc.oneof(textBlock, thought, call), { maxLength: 6 })
  fc.assert(
    fc.property(anyBlocks, fc.array(fc.nat(5)), fc.boolean(), (blocks, order, isLate) => {
      const metadata = { metadata: { usage: { inputTokens: 1, outputTokens: 1 } } }
      const end: ConverseEvent[] = [{ messageStop: { stopReason: "end_turn" } }]
      const wire = [{}, ...interleaved(blocks, order), ...(isLate ? [...end, metadata] : [metadata, ...end])]
      const events = answerTo(wire)
      const open = new Map<string, string>()
      const ended = new Set<string>()
      for (const event of events.slice(0, -1)) {
        const [, kind, action] = /^(text|reasoning|tool-input)-(\w+)$/.exec(event.type) ?? []
        const id = "id" in event ? event.id : ""
        if (action === "start") expect(open.has(id) || ended.has(id)).toBe(false)
        else expect(open.get(id)).toBe(kind)
        if (action === "start") open.set(id, kind ?? "")
        if (action === "end" || action === "available") {
          open.delete(id)
          ended.add(id)
        }
      }
      expect([...open]).toEqual([])
      expect(events.at(-1)).toMatchObject({ type: "finish", usage: { inputTokens: 1, outputTokens: 1 } })

      const told = events.filter(({ type }) => type === "text-delta") as { delta: string }[]
      const saidInOrder = blocks
        .map(({ said }) => [...said])
        .flat()
        .toSorted()
      expect(told.flatMap(({ delta }) => [...delta]).toSorted()).toEqual(saidInOrder)

      const names = new Blocks({})
      const run = new Answer(newReduction(), 0)
      expect(() =>
        events.map((event) => names.rename(event)).forEach((event) => event && run.take(event, 1)),
      ).not.toThrow()
      const inTurn = newReduction()
      for (const { json } of run.drain(Number.POSITIVE_INFINITY)) {
        expect(() => apply(inTurn, JSON.parse(json) as Parameters<typeof apply>[1])).not.toThrow()
      }
    }),
    { numRuns: 500 },
  )
})

test("a seal that has no room in one event of a run is left out, and its words stay", () => {
  const sealed = (signature: string) =>
    answerTo([
      delta(0, { reasoningContent: { text: "Hm." } }),
      delta(0, { reasoningContent: { signature } }),
      delta(1, { reasoningContent: { redactedContent: new Uint8Array(signature.length) } }),
      { messageStop: { stopReason: "end_turn" } },
    ]).filter(({ type }) => type === "reasoning-end")
  const small = sealed("s".repeat(16_000))
  expect(small.map((event) => "providerMetadata" in event)).toEqual([true, true])
  for (const event of small) expect(JSON.stringify(event).length).toBeLessThan(limits.event)
  expect(sealed("s".repeat(16_001))).toEqual([{ type: "reasoning-end", id: "1" }])
})

test("the input of a call that came whole is told in pieces, and no character is cut", () => {
  const input = { text: "👩‍🚀".repeat(3000) }
  const content = [{ toolUse: { toolUseId: "c", name: "write", input } }]
  const events = answerTo([...eventsOf({ output: { message: { content } }, stopReason: "tool_use" })])
  const deltas = events.flatMap((event) => (event.type === "tool-input-delta" ? [event.delta] : []))
  expect(JSON.parse(deltas.join(""))).toEqual(input)
  expect(deltas.length).toBeGreaterThan(10)
  for (const delta of deltas) expect(() => encodeURIComponent(delta)).not.toThrow()
})

test("the input of a call that has not that has not begun is not guessed at", () => {
  expect(() => answerTo([delta(0, { toolUse: { input: "{" } })])).toThrow(/the input of a call that has not begun/)
})
