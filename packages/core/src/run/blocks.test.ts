import { describe, expect, it } from "vitest"
import { Blocks } from "./blocks.ts"

describe("the blocks of a provider", () => {
  it("get ids that are unique in the run, also when the provider uses one twice", () => {
    const blocks = new Blocks({})
    expect(blocks.rename({ type: "text-start", id: "0" })).toEqual({ type: "text-start", id: "text-1" })
    expect(blocks.rename({ type: "text-end", id: "0" })).toEqual({ type: "text-end", id: "text-1" })
    expect(blocks.rename({ type: "text-start", id: "0" })).toEqual({ type: "text-start", id: "text-2" })
  })

  it("join the first text to the answer that is continued [A9]", () => {
    const blocks = new Blocks({ "text-0": 1 })
    expect(blocks.rename({ type: "reasoning-start", id: "0" })).toEqual({ type: "reasoning-start", id: "reasoning-1" })
    expect(blocks.rename({ type: "text-start", id: "0" })).toBeUndefined()
    expect(blocks.rename({ type: "text-delta", id: "0", delta: "x" })).toEqual({
      type: "text-delta",
      id: "text-0",
      delta: "x",
    })
    expect(blocks.rename({ type: "text-start", id: "1" })).toEqual({ type: "text-start", id: "text-2" })
  })

  it("refuse a delta of a block that is not open", () => {
    expect(() => new Blocks({}).rename({ type: "text-delta", id: "9", delta: "x" })).toThrow(/text-delta for a block/)
  })
})
