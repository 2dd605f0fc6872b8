import { describe, expect, it } from "vitest"
import { titleFrom } from "./title.ts"

describe("a chat's first title", () => {
  it.each([
    ["", "New chat"],
    [" \n\t ", "New chat"],
    ["How  long\nshould I wait?", "How long should I wait?"],
    [
      "Please explain to me in detail, how the garbage collector of a modern engine works",
      "Please explain to me in detail, how the garbage collector of…",
    ],
    ["x".repeat(100), `${"x".repeat(60)}…`],
    ["a\u0000b\u202ec", "a b c"],
  ])("of %j is %j", (question, title) => expect(titleFrom(question)).toBe(title))

  it("never ends inside a character", () => {
    for (let length = 55; length < 65; length++)
      expect(titleFrom(`${"x".repeat(length)}😀😀😀`)).not.toMatch(/\p{Surrogate}/u)
  })
})
