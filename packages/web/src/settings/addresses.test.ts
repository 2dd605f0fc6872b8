import { expect, test } from "vitest"
import { addressOf } from "./addresses.ts"

test("an address may be short", () => {
  expect(addressOf(" localhost:11434/ ")).toBe("http://localhost:11434")
  expect(addressOf("https://api.example.com/v1")).toBe("https://api.example.com/v1")
})

test("what is no address of the web is none", () => {
  for (const text of ["", "  ", "file:///etc/passwd", "a b", "http://user:word@host", "ftp://host"]) {
    expect(addressOf(text), text).toBeUndefined()
  }
})
