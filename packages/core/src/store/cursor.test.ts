import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { cursorPlace, encodeCursor } from "./cursor.ts"
import { InvalidCursor } from "./table.ts"

const keyText = fc.string({ unit: "binary", minLength: 1, maxLength: 20 }).filter((text) => !text.includes("\0"))

describe("a cursor", () => {
  it("gives back its place and can stand in a URL as it is", () => {
    const property = fc.property(keyText, fc.option(keyText, { nil: undefined }), (sk, gsi1sk) => {
      const place = gsi1sk === undefined ? { sk } : { sk, gsi1sk }
      const cursor = encodeCursor(place)
      expect(cursor).toMatch(/^[\w-]+$/)
      expect(cursorPlace({ pk: "P", cursor, ...(gsi1sk !== undefined && { index: "I" }) })).toEqual(place)
    })
    fc.assert(property)
  })

  it("holds no partition", () => {
    const cursor = encodeCursor({ sk: "A" })
    expect(cursorPlace({ pk: "mine", cursor })).toEqual(cursorPlace({ pk: "yours", cursor }))
  })

  it("that anybody made up gives a place or throws InvalidCursor, nothing else", () => {
    const property = fc.property(fc.oneof(fc.string(), fc.base64String(), fc.json().map(btoaOf)), (cursor) => {
      try {
        cursorPlace({ pk: "P", cursor, prefix: "A" })
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidCursor)
      }
    })
    fc.assert(property, { numRuns: 1000 })
  })
})

const btoaOf = (json: string): string => btoa(String.fromCharCode(...new TextEncoder().encode(json)))
