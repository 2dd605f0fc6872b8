import * as newest from "ai"
import * as strict from "ai-6-0-200"
import fc from "fast-check"
import * as v from "valibot"
import { describe, expect, test } from "vitest"
import { event } from "@omnichat/core/protocol/event"
import type { Event } from "@omnichat/core/protocol/event"
import type { Part } from "@omnichat/core/protocol/part"
import { reduce } from "@omnichat/core/protocol/reduce"
import { eventLists } from "../support/event-lists.ts"

type Reading = { stream: ReadableStream<Event>; onError: (error: unknown) => void }
type Sdk = {
  name: string
  check(event: Event): Promise<unknown>
  read(reading: Reading): AsyncIterable<{ id: string; metadata?: unknown; parts: unknown[] }>
}
const strictest: Sdk = {
  name: "6.0.200, whose schemas are strict",
  check: async (event) => strict.asSchema(strict.uiMessageChunkSchema).validate?.(event),
  read: (reading) => strict.readUIMessageStream(reading),
}
const latest: Sdk = {
  name: "the newest 6",
  check: async (event) => newest.asSchema(newest.uiMessageChunkSchema).validate?.(event),
  read: (reading) => newest.readUIMessageStream(reading),
}

describe.each([strictest, latest])("the AI SDK, $name", (sdk) => {
  test("[E1, E2, E3, E4] takes every event of every run", async () => {
    await fc.assert(
      fc.asyncProperty(eventLists(), async (events) => {
        for (const each of events) {
          expect(await sdk.check(each), JSON.stringify(each)).toEqual({ success: true, value: each })
        }
      }),
    )
  })

  test("[G2] reads the message that our reducer makes", async () => {
    await fc.assert(
      fc.asyncProperty(eventLists(), async (events) => {
        const theirs = await readMessage(sdk, events)
        const ours = reduce(events)
        expect(theirs.parts).toStrictEqual(sdk === strictest ? ours.parts.map(withoutReasoningId) : ours.parts)
        expect(theirs.id).toBe(ours.messageId)
        expect(theirs.metadata).toStrictEqual({ model: ours.model, createdAt: ours.createdAt, ...ours.end })
      }),
      { numRuns: 500 },
    )
  })
})

test("[E2] our schema takes the same events, and none with a key more", () => {
  fc.assert(
    fc.property(eventLists(), (events) => {
      for (const each of events) {
        expect(v.safeParse(event, each).success, JSON.stringify(each)).toBe(true)
        expect(v.safeParse(event, { ...each, extra: 1 }).success, each.type).toBe(false)
      }
    }),
  )
})

test("the generated runs hold every kind of event", () => {
  const seen = new Set(
    fc.sample(eventLists(), { numRuns: 500, seed: 1 }).flatMap((events) => events.map((e) => e.type)),
  )
  expect([...seen].sort()).toEqual(event.options.map((option) => option.entries.type.literal).sort())
})

/** The SDK's last word on the run, after JSON, which drops its undefined keys. */
async function readMessage(sdk: Sdk, events: Event[]): Promise<{ id: string; metadata?: unknown; parts: unknown[] }> {
  const stream = new ReadableStream<Event>({
    start(controller) {
      for (const each of events) controller.enqueue(structuredClone(each))
      controller.close()
    },
  })
  const failures: unknown[] = []
  let last = { id: "", parts: [] as unknown[] }
  for await (const message of sdk.read({ stream, onError: (error) => failures.push(error) })) last = message
  const terminal = events.at(-1)
  expect(failures).toEqual(terminal?.type === "error" ? [new Error(terminal.errorText)] : [])
  return JSON.parse(JSON.stringify(last)) as typeof last
}

/** Reasoning parts carry the id of their block since 6.0.253. */
function withoutReasoningId(part: Part): Part {
  if (part.type !== "reasoning") return part
  const { id: _, ...rest } = part
  return rest
}
