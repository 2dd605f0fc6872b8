import type { Client } from "@omnichat/client/client"
import type { ChatSummary } from "@omnichat/core/protocol/http"
import type { ChatId } from "@omnichat/core/protocol/id"
import { expect, test } from "vitest"
import { createChatList } from "../runtime/chat-list.ts"
import { plainHolder } from "../runtime/holder.ts"
import { createNotices } from "../runtime/notices.ts"
import { createRemoval } from "./removal.ts"

const id = (name: string) => `cht_${name}` as ChatId
const chat = (name: string): ChatSummary => ({
  id: id(name),
  title: name,
  createdAt: "",
  updatedAt: name,
  leafId: null,
  runs: {},
})

function setUp(refuse?: Error) {
  const sent: unknown[] = []
  const timers: (() => void)[] = []
  const http = {
    deleteChat: (chatId: ChatId, options: unknown) => {
      sent.push([chatId, options])
      return refuse ? Promise.reject(refuse) : Promise.resolve()
    },
  }
  const client = { http } as unknown as Client
  const list = createChatList(client, plainHolder)
  for (const name of ["a", "b"]) list.put(chat(name))
  const notices = createNotices(plainHolder)
  const gone: ChatId[] = []
  const after = (_ms: number, action: () => void) => {
    timers.push(action)
    return () => void timers.splice(timers.indexOf(action), 1)
  }
  const removal = createRemoval({ client, list, notices, after, gone: (chatId) => gone.push(chatId) })
  return { removal, list, notices, sent, timers, gone }
}

test("a chat is gone from the list at once and from the server when the time is over", async () => {
  const { removal, list, notices, sent, timers, gone } = setUp()
  removal.remove(id("a"))
  expect(list.state.order).toEqual([id("b")])
  expect(notices.state.notice?.text).toBe("Deleted “a”")
  expect(sent).toEqual([])
  timers[0]?.()
  expect(sent).toEqual([[id("a"), { keepalive: false }]])
  expect(notices.state.notice).toBeUndefined()
  await Promise.resolve()
  expect(gone).toEqual([id("a")])
})

test("undo brings it back and nothing goes out", () => {
  const { removal, list, notices, sent, timers } = setUp()
  removal.remove(id("a"))
  notices.state.notice?.action?.run()
  expect(list.state.order).toEqual([id("b"), id("a")])
  expect([sent, timers, notices.state.notice]).toEqual([[], [], undefined])
})

test("leaving the page and deleting another one end the time", () => {
  const { removal, sent } = setUp()
  removal.remove(id("a"))
  removal.remove(id("b"))
  expect(sent).toEqual([[id("a"), { keepalive: false }]])
  removal.flush()
  expect(sent[1]).toEqual([id("b"), { keepalive: true }])
  removal.flush()
  expect(sent).toHaveLength(2)
})

test("a deletion that fails brings the chat back and says why", async () => {
  const { removal, list, notices, timers } = setUp(new Error("no connection"))
  removal.remove(id("a"))
  timers[0]?.()
  await new Promise((resolve) => setImmediate(resolve))
  expect(list.state.order).toEqual([id("b"), id("a")])
  expect(notices.state.notice?.text).toContain("no connection")
})
