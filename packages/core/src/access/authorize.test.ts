import { describe, expect, it } from "vitest"
import type { Actor } from "./actor.ts"
import { authorize, rules } from "./authorize.ts"
import type { Act } from "./authorize.ts"

const alice: Actor = { userId: "alice", role: "admin" }
const codeOf = (run: () => void): string => {
  try {
    run()
    return "allowed"
  } catch (thrown) {
    return (thrown as { code: string }).code
  }
}

describe("authorize", () => {
  it("lets nobody but `anyone` acts pass without an actor", () => {
    const open = (Object.keys(rules) as Act[]).filter((act) => codeOf(() => authorize(undefined, act)) === "allowed")
    expect(open).toEqual(["health.read", "config.read", "file.upload"])
  })

  it("hides what belongs to somebody else", () => {
    const resource = { ownerId: "bob", name: "Chat cht_1" }
    for (const [act, rule] of Object.entries(rules)) {
      const code = codeOf(() => authorize(alice, act as Act, { resource }))
      expect([act, code]).toEqual([act, rule === "owner" ? "not_found" : "allowed"])
      expect(codeOf(() => authorize(alice, act as Act, { resource: { ...resource, ownerId: "alice" } }))).toBe(
        "allowed",
      )
    }
  })

  it("refuses an act without a rule, names of Object.prototype too", () => {
    for (const act of ["chat.burn", "constructor", "__proto__", ""]) {
      expect(codeOf(() => authorize(alice, act as Act))).toBe("forbidden")
    }
  })

  it("lets an actor who waits to be let in do nothing but what anyone may", () => {
    const waiting: Actor = { userId: "carol", role: "pending" }
    const allowed = (Object.keys(rules) as Act[]).filter((act) => codeOf(() => authorize(waiting, act)) === "allowed")
    expect(allowed).toEqual(["health.read", "config.read", "file.upload"])
  })

  it("keeps what an administrator may do from a user", () => {
    const user: Actor = { userId: "dave", role: "user" }
    const refused = (Object.keys(rules) as Act[]).filter((act) => codeOf(() => authorize(user, act)) === "forbidden")
    expect(refused).toEqual(["source.list", "settings.read", "settings.change", "metrics.read", "pool.read"])
  })

  it("refuses an actor whose right has ended", () => {
    const late = { ...alice, expiresAt: 1000 }
    expect(codeOf(() => authorize(late, "chat.list", { now: 999 }))).toBe("allowed")
    expect(codeOf(() => authorize(late, "chat.list", { now: 1000 }))).toBe("unauthenticated")
  })
})
