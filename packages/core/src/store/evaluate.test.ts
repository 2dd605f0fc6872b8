import { describe, expect, it } from "vitest"
import { applyChange, checkChange, checkConditions, checkRemoval, holds, isExpired } from "./evaluate.ts"
import type { Change, Condition, Item } from "./table.ts"

// Every condition and change by itself is in the contract of the Table port, which the adapters run.

const key = { pk: "P", sk: "A" }
const item: Item = { ...key, n: 1, none: null, map: { x: { y: 1 } }, list: [1] }

describe("holds", () => {
  it("asks that all conditions hold, and of `any` one test", () => {
    const yes: Condition = { exists: "map.x.y" }
    const no: Condition = { absent: "map.x.y" }
    expect(holds(item, [yes, { any: [no, yes] }])).toBe(true)
    expect(holds(item, [yes, no])).toBe(false)
    expect(holds(item, [{ any: [no] }])).toBe(false)
    expect(holds(item)).toBe(true)
  })

  it("takes what a map inherits for absent", () => {
    expect(holds(item, [{ absent: "map.constructor" }, { absent: "toString" }, { absent: "__proto__" }])).toBe(true)
  })

  it("never finds an absent item below, equal to or one of anything", () => {
    const tests: Condition[] = [{ below: ["n", 9] }, { equals: ["n", 0] }, { oneOf: ["n", [0]] }, { exists: "pk" }]
    for (const test of tests) expect(holds(undefined, [test])).toBe(false)
  })
})

describe("applyChange", () => {
  it("leaves the item it is given as it was", () => {
    const before = structuredClone(item)
    const change = { set: { "map.x.y": 2 }, add: { n: 1 }, remove: ["list"] }
    expect(applyChange(item, key, change)).toEqual({ ...key, n: 2, none: null, map: { x: { y: 2 } } })
    expect(item).toEqual(before)
  })

  it("takes null for something that is there", () => {
    expect(applyChange(item, key, { setIfAbsent: { none: 1, "map.z": 1 } })).toMatchObject({
      none: null,
      map: { z: 1 },
    })
    expect(() => applyChange(item, key, { add: { none: 1 } })).toThrow(TypeError)
  })

  it("makes an entry named __proto__ an entry", () => {
    const after = applyChange(item, key, { set: { "map.__proto__": 1 } })
    expect(JSON.stringify(after.map)).toBe('{"x":{"y":1},"__proto__":1}')
  })

  it("refuses what would get too large or no safe integer", () => {
    expect(() => applyChange(item, key, { set: { text: "x".repeat(400 * 1024) } })).toThrow(RangeError)
    expect(() => applyChange(item, key, { add: { n: Number.MAX_SAFE_INTEGER } })).toThrow(RangeError)
  })
})

describe("checkChange", () => {
  it("finds paths that overlap, also when others sort between them", () => {
    const overlapping: Change[] = [
      { set: { a: 1 }, remove: ["a.b"] },
      { set: { "a.b": 1, "a.a": 1 }, add: { a: 1 } },
      { setIfAbsent: { a: 1 }, add: { a: 1 } },
      { remove: ["a", "a"] },
    ]
    for (const change of overlapping) expect(() => checkChange(change)).toThrow(/overlap/)
    expect(() => checkChange({ set: { a: 1, ab: 1 }, remove: ["a-b.c", "b.a"] })).not.toThrow()
  })

  it("counts the levels above a path", () => {
    const path = (levels: number) => Array.from({ length: levels }, () => "a").join(".")
    expect(() => checkChange({ set: { [path(31)]: {} } })).not.toThrow()
    expect(() => checkChange({ set: { [path(32)]: {} } })).toThrow(TypeError)
  })
})

describe("checkRemoval", () => {
  it("asks for a condition that fails for an absent item, of changes that only remove", () => {
    expect(() => checkRemoval({ remove: ["a"] })).toThrow(TypeError)
    expect(() => checkRemoval({ remove: ["a"] }, [{ absent: "b" }])).toThrow(TypeError)
    expect(() => checkRemoval({ remove: ["a"] }, [{ equals: ["b", 1] }])).not.toThrow()
    expect(() => checkRemoval({ remove: ["a"], set: { b: 1 } })).not.toThrow()
  })
})

describe("checkConditions", () => {
  it("refuses paths that name nothing and values that are none", () => {
    expect(() => checkConditions([{ any: [{ exists: "a." }] }])).toThrow(TypeError)
    expect(() => checkConditions([{ below: ["a", Number.NaN] }])).toThrow(TypeError)
  })
})

describe("isExpired", () => {
  it("compares seconds with milliseconds, the moment itself included", () => {
    expect(isExpired({ ...key, expiresAt: 100 }, 99_999)).toBe(false)
    expect(isExpired({ ...key, expiresAt: 100 }, 100_000)).toBe(true)
    expect(isExpired({ ...key, expiresAt: "soon" }, 1e15)).toBe(false)
    expect(isExpired(key, 1e15)).toBe(false)
  })
})
