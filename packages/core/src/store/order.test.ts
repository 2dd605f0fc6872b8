import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { compareKeys, prefixEnd } from "./order.ts"

const text = fc.string({ unit: "binary", maxLength: 6 })
const bytes = new TextEncoder()
const sign = (a: Uint8Array, b: Uint8Array): number => {
  const at = a.findIndex((byte, index) => byte !== b[index])
  return Math.sign(at === -1 ? a.length - b.length : (a[at] ?? 0) - (b[at] ?? -1))
}

describe("compareKeys", () => {
  it("orders as UTF-8 bytes do", () => {
    const property = fc.property(text, text, text, (start, a, b) => {
      const [left, right] = [start + a, start + b]
      expect(Math.sign(compareKeys(left, right))).toBe(sign(bytes.encode(left), bytes.encode(right)))
    })
    fc.assert(property, {
      numRuns: 2000,
      examples: [
        ["", "\uffff", "\u{10000}"],
        ["", "\ue000", "😀"],
        ["a", "", ""],
      ],
    })
  })
})

describe("prefixEnd", () => {
  it("comes after every text with the prefix, and not after the first without", () => {
    const property = fc.property(text, text, (prefix, other) => {
      const end = prefixEnd(prefix)
      expect(end === undefined || compareKeys(prefix + other, end) < 0).toBe(true)
      const isWithin = compareKeys(prefix, other) <= 0 && (end === undefined || compareKeys(other, end) < 0)
      expect(isWithin).toBe(other.startsWith(prefix))
    })
    fc.assert(property, {
      numRuns: 2000,
      examples: [
        ["\ud7ff", "\ue000"],
        ["a\u{10ffff}", "b"],
        ["", "x"],
      ],
    })
  })

  it("goes over the surrogates and gives up at the very last character", () => {
    expect(prefixEnd("a\ud7ff")).toBe("a\ue000")
    expect(prefixEnd("a\u{10ffff}\u{10ffff}")).toBe("b")
    expect(prefixEnd("\u{10ffff}")).toBeUndefined()
  })
})
