import { expect, test } from "vitest"
import { sendsMessage } from "./writing.ts"

const press = (more: Partial<KeyboardEvent> = {}) => ({
  key: "Enter",
  keyCode: 13,
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  isComposing: false,
  ...more,
})

test("Enter sends, Shift+Enter does not", () => {
  expect(sendsMessage(press(), false)).toBe(true)
  expect(sendsMessage(press({ shiftKey: true }), false)).toBe(false)
  expect(sendsMessage(press({ key: "a" }), false)).toBe(false)
})

test("the Enter of an input method sends nothing", () => {
  expect(sendsMessage(press({ isComposing: true }), false)).toBe(false)
  expect(sendsMessage(press({ keyCode: 229 }), false)).toBe(false)
})

test("on glass Enter is a new line", () => {
  expect(sendsMessage(press(), true)).toBe(false)
  expect(sendsMessage(press({ metaKey: true }), true)).toBe(true)
})
