import type { ChatSummary } from "@omnichat/core/protocol/http"
import { expect, test } from "vitest"
import { plainHolder } from "./holder.ts"
import { createKeep } from "./keep.ts"
import { createUnread } from "./unread.ts"

const chat = (runs: ChatSummary["runs"]): ChatSummary => ({
  id: "cht_A",
  title: "A",
  createdAt: "",
  updatedAt: "",
  leafId: null,
  runs,
})

test("an answer that ends while nobody looks is new, until one does, also over a reload", () => {
  const keep = createKeep()
  const unread = createUnread(keep, plainHolder)
  unread.see(chat({ run_1: "msg_1" }), chat({ run_1: "msg_1" }), undefined)
  expect(unread.state).toEqual({})
  unread.see(chat({ run_1: "msg_1" }), chat({}), "cht_A")
  expect(unread.state).toEqual({})
  unread.see(chat({ run_1: "msg_1" }), chat({}), "cht_B")
  expect(createUnread(keep, plainHolder).state).toEqual({ cht_A: true })
  unread.clear("cht_A")
  expect(createUnread(keep, plainHolder).state).toEqual({})
})
