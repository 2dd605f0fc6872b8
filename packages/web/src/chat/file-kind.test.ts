import { expect, test } from "vitest"
import { kindOf } from "./file-kind.ts"

const bytes = (text: string) => new TextEncoder().encode(text)
const kind = (type: string, text: string, size = bytes(text).length) => kindOf(type, size, bytes(text))

test("images and text go as what they are", () => {
  expect(kind("image/png", "\x89PNG")).toEqual({ type: "image/png" })
  expect(kind("text/markdown", "# Title")).toEqual({ type: "text/markdown" })
  expect(kind("application/json", "{}")).toEqual({ type: "application/json" })
})

test("text is known by its bytes, whatever its name says", () => {
  expect(kind("video/mp2t", "export const a = 1")).toEqual({ type: "text/plain" })
  expect(kind("", "größe")).toEqual({ type: "text/plain" })
  // The head may end within a character.
  expect(kindOf("", 9000, bytes("größe").subarray(0, 3))).toEqual({ type: "text/plain" })
})

test("what no model can be given is refused with the reason", () => {
  expect(kind("application/pdf", "%PDF\0")).toEqual({ problem: "is neither an image nor text" })
  expect(kindOf("", 1, Uint8Array.of(0xff))).toEqual({ problem: "is neither an image nor text" })
  expect(kind("image/svg+xml", "<svg/>")).toEqual({ problem: "is no PNG, JPEG, WebP or GIF" })
  expect(kind("text/plain", "")).toEqual({ problem: "is empty" })
  expect(kind("text/plain", "a", 26 * 1024 * 1024)).toEqual({ problem: "is larger than 25 MB" })
})
