import { describe, expect, it } from "vitest"
import { inOrder, rankFor } from "./line.ts"
import type { Waiting } from "./line.ts"

const entry = (userId: string, rank: number, more: Partial<Waiting> = {}): Waiting => ({
  ...{ runId: `run_${userId}${rank}`, turn: 1, userId, model: "m", rank, since: rank, expiresAt: 0 },
  ...more,
})

describe("a place in line", () => {
  it("is one round later for each question that the user has waiting or under way", () => {
    expect(rankFor("a", 0, [], 0)).toBe(1)
    expect(rankFor("a", 0, [entry("a", 1), entry("a", 2), entry("b", 7)], 0)).toBe(3)
    expect(rankFor("a", 0, [], 2)).toBe(3)
  })

  it("begins where the line is now", () => {
    expect(rankFor("a", 5, [entry("a", 2)], 0)).toBe(6)
    expect(rankFor("a", 5, [entry("a", 8, { called: { at: 0 } })], 0)).toBe(6)
  })

  it("comes by rank, then by time, then by id", () => {
    const line = [entry("c", 2), entry("b", 1, { since: 5 }), entry("a", 1, { since: 5 }), entry("d", 1, { since: 1 })]
    expect(inOrder(line).map(({ userId }) => userId)).toEqual(["d", "a", "b", "c"])
  })
})
