import fc from "fast-check"
import * as v from "valibot"
import { describe, expect, test } from "vitest"
import { chatId, fileId, messageId, newId, newIdAfter, runId } from "./id.ts"

const schemas = { run: runId, cht: chatId, msg: messageId, fil: fileId } as const
const prefixes = ["run", "cht", "msg", "fil"] as const
const prefix = fc.constantFrom(...prefixes)
/** Epoch milliseconds up to the year 10889, where a ULID's 48 bits of time end. */
const time = fc.maxSafeInteger().map((n) => 1 + (Math.abs(n) % (2 ** 48 - 1)))

describe("[A4] ids", () => {
  test("are a prefix and 26 characters of Crockford base 32", () => {
    fc.assert(
      fc.property(prefix, time, (prefix, now) => {
        const id = newId(prefix, now)
        expect(id).toMatch(/^(run|cht|msg|fil)_[0-9A-HJKMNP-TV-Z]{26}$/)
        expect(v.is(schemas[prefix], id)).toBe(true)
      }),
    )
  })

  test("sort by the time they were made", () => {
    fc.assert(
      fc.property(prefix, fc.uniqueArray(time, { minLength: 2, maxLength: 2 }), (prefix, times) => {
        const [earlier = 0, later = 0] = times.sort((a, b) => a - b)
        expect(newId(prefix, earlier) < newId(prefix, later)).toBe(true)
      }),
    )
  })

  test("of another kind are refused", () => {
    for (const prefix of prefixes)
      for (const other of prefixes) expect(v.is(schemas[prefix], newId(other, 1))).toBe(prefix === other)
  })

  test.each([
    ["another alphabet: I, L, O and U are left out", "run_01J9ZK3V5W8QXI7M2N4P6R8S0T"],
    ["lower case", "run_01j9zk3v5w8qxa7m2n4p6r8s0t"],
    ["a character too few", "run_01J9ZK3V5W8QXA7M2N4P6R8S0"],
    ["a character too many", "run_01J9ZK3V5W8QXA7M2N4P6R8S0TA"],
    ["no prefix", "01J9ZK3V5W8QXA7M2N4P6R8S0T"],
    ["a line end behind it", "run_01J9ZK3V5W8QXA7M2N4P6R8S0T\n"],
    ["a number", 7],
    ["nothing", undefined],
  ])("with %s are refused", (_, input) => {
    expect(v.is(runId, input)).toBe(false)
  })

  test("of an answer sort after their question's, whatever clock made that one", () => {
    fc.assert(
      fc.property(prefix, time, time, (prefix, now, others) => {
        const earlier = newId(prefix, others)
        const id = newIdAfter(prefix, now, earlier)
        expect(id !== undefined && id > earlier && v.is(schemas[prefix], id)).toBe(true)
      }),
    )
  })

  test("of an answer follow one that was made later by its clock, several of them without a clash", () => {
    const earlier = "msg_01J9ZK3V5W8QXA7M2N4P6R8SZZ" as const
    const later = Array.from({ length: 100 }, () => newIdAfter("msg", 1, earlier))
    expect(new Set(later).size).toBe(100)
    for (const id of later) expect(id?.startsWith("msg_01J9ZK3V5X")).toBe(true)
  })

  test("end: nothing sorts after the very last one", () => {
    expect(newIdAfter("msg", 1, `msg_${"Z".repeat(26)}`)).toBeUndefined()
  })
})
