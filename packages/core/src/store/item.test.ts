import { describe, expect, it } from "vitest"
import { checkItem, checkJson, encodeItem, itemSize, wellFormed } from "./item.ts"
import type { Item } from "./table.ts"

const key = { pk: "P", sk: "A" }

describe("itemSize", () => {
  it.each<[Record<string, Item[string]>, number]>([
    [{}, 0],
    [{ a: "" }, 1],
    [{ a: "ü😀" }, 7],
    [{ ü: true }, 3],
    [{ a: null }, 2],
    [{ a: 7 }, 3],
    [{ a: -12345 }, 5],
    [{ a: [] }, 4],
    [{ a: [1, "x"] }, 1 + 3 + (1 + 2) + (1 + 1)],
    [{ a: { b: "x" } }, 1 + 3 + 1 + 1 + 1],
  ])("counts %j as %i bytes more than the keys", (attributes, bytes) => {
    expect(itemSize({ ...key, ...attributes }) - itemSize(key)).toBe(bytes)
  })
})

describe("checkItem", () => {
  it("takes 400 KB and no byte more, by bytes and not by characters", () => {
    const most = 400 * 1024 - itemSize({ ...key, t: "" })
    expect(() => checkItem({ ...key, t: "x".repeat(most) })).not.toThrow()
    expect(() => checkItem({ ...key, t: "x".repeat(most + 1) })).toThrow(RangeError)
    expect(() => checkItem({ ...key, t: "ü".repeat(most / 2 + 1) })).toThrow(/P A has \d+ bytes; 409600/)
  })

  it("names what is wrong", () => {
    expect(() => checkJson({ b: [{ c: undefined }] }, "a")).toThrow("a.b[0].c is undefined")
    expect(() => checkJson([new Map()], "a")).toThrow("a[0] is no plain object")
    expect(() => checkJson(-Infinity, "a")).toThrow("a is -Infinity")
  })

  it("takes an object without a prototype", () => {
    expect(() => checkJson(Object.assign(Object.create(null), { a: 1 }), "a")).not.toThrow()
  })
})

describe("half a surrogate pair", () => {
  it("becomes U+FFFD, wherever it is, and the caller's value stays as it was", () => {
    const item = { ...key, t: "a\ud800", l: [{ m: "\udfffb😀" }] }
    expect(JSON.parse(encodeItem(item))).toEqual({ ...key, t: "a\ufffd", l: [{ m: "\ufffdb😀" }] })
    expect(item.t).toBe("a\ud800")
  })

  it("is not taken for the text that looks like its escape", () => {
    const item = { ...key, t: "\\ud800 \\\\ud800" }
    expect(JSON.parse(encodeItem(item))).toEqual(item)
    expect(wellFormed(item.t)).toBe(item.t)
  })
})
