import { newId } from "@omnichat/core/protocol/id"
import { expect, test } from "vitest"
import { chatIn } from "./address.ts"

test("an address names its chat", () => {
  const id = newId("cht", 0)
  expect(chatIn(`/chat/${id}`)).toBe(id)
  expect(chatIn(`/chat/${id}/`)).toBe(id)
})

test("what is no chat's address names none", () => {
  for (const path of ["/", "/settings", "/chat/", "/chat/cht_short", `/chat/${newId("msg", 0)}`, "/chat/../settings"]) {
    expect(chatIn(path), path).toBeUndefined()
  }
})
