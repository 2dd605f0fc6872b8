import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { utf8Length } from "../bytes.ts"
import type { Event } from "../protocol/event.ts"
import { limits } from "../protocol/limits.ts"
import { encodeEvents, pushMerged, splitText } from "./encode.ts"

const delta = (text: string, id = "a"): Event => ({ type: "text-delta", id, delta: text })

describe("encoding events", () => {
  it("joins neighbouring deltas of one block and no others", () => {
    const events: Event[] = []
    for (const event of [delta("a"), delta("b"), delta("c", "other"), delta("d")]) pushMerged(events, event)
    expect(events).toEqual([delta("ab"), delta("c", "other"), delta("d")])
  })

  it("splits a delta that is too large, and keeps every character [E5]", () => {
    const text = `${"👩‍🚀".repeat(8000)}"\\\n`.repeat(2)
    const encoded = encodeEvents([delta(text)])
    expect(encoded.length).toBeGreaterThan(1)
    for (const event of encoded) {
      expect(event.bytes).toBe(new TextEncoder().encode(event.json).length)
      expect(event.bytes).toBeLessThanOrEqual(limits.event)
    }
    expect(encoded.map((event) => (JSON.parse(event.json) as { delta: string }).delta).join("")).toBe(text)
  })

  it("refuses another event that is too large, because nobody could read half of it", () => {
    const event: Event = { type: "source-url", sourceId: "s", url: "x".repeat(limits.event) }
    expect(() => encodeEvents([event])).toThrow(/source-url has \d+ bytes, 24000 are allowed/)
  })

  it("never cuts inside a surrogate pair", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), fc.integer({ min: 20, max: 60 }), (text, most) => {
        const pieces = splitText(text, most)
        expect(pieces.join("")).toBe(text)
        for (const piece of pieces) expect(piece).not.toMatch(/\p{Surrogate}/u)
        for (const piece of pieces) expect(utf8Length(JSON.stringify(piece))).toBeLessThanOrEqual(most)
      }),
    )
  })

  it("counts bytes as UTF-8 does", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length)
      }),
    )
  })
})
