import { expect, test } from "vitest"
import { commandOf } from "./keyboard.ts"
import type { KeyPress } from "./keyboard.ts"

const press = (key: string, more: Partial<KeyPress> = {}) =>
  commandOf({
    key,
    ctrlKey: false,
    metaKey: false,
    shiftKey: false,
    altKey: false,
    isComposing: false,
    defaultPrevented: false,
    typing: false,
    covered: false,
    ...more,
  })

test("commands have their keys, with Control and with Command", () => {
  expect(press("k", { ctrlKey: true, typing: true })).toBe("palette")
  expect(press("K", { metaKey: true })).toBe("palette")
  expect(press("O", { ctrlKey: true, shiftKey: true, typing: true })).toBe("new-chat")
  expect(press("?", { shiftKey: true })).toBe("shortcuts")
  expect(press("Escape", { typing: true })).toBe("stop")
})

test("what is typed is never a command", () => {
  expect(press("?", { typing: true })).toBeUndefined()
  expect(press("k")).toBeUndefined()
  expect(press("Escape", { isComposing: true })).toBeUndefined()
})

test("dialogs keep their keys", () => {
  expect(press("Escape", { covered: true })).toBeUndefined()
  expect(press("?", { covered: true })).toBeUndefined()
  expect(press("k", { ctrlKey: true, covered: true })).toBe("palette")
  expect(press("Escape", { defaultPrevented: true })).toBeUndefined()
})
