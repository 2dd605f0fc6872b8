import type { Client } from "@omnichat/client/client"
import type { ChatPage, ChatSummary } from "@omnichat/core/protocol/http"
import type { ChatId, MessageId } from "@omnichat/core/protocol/id"
import { describe, expect, test } from "vitest"
import { createChatList } from "./chat-list.ts"
import { plainHolder } from "./holder.ts"

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString()
const id = (name: string) => `cht_${name}` as ChatId
const chat = (name: string, minute: number, title = name): ChatSummary => ({
  id: id(name),
  title,
  createdAt: at(0),
  updatedAt: at(minute),
  leafId: `msg_${name}` as MessageId,
  runs: {},
})

/** A server's chats by page; what it has can change between two readings. */
function listOf(pages: Record<string, ChatPage>) {
  const http = { chats: ({ cursor = "first" }: { cursor?: string }) => Promise.resolve(pages[cursor] ?? { chats: [] }) }
  return createChatList({ http } as unknown as Client, plainHolder)
}

describe("reading", () => {
  test("pages follow each other until there is no more", async () => {
    const list = listOf({ first: { chats: [chat("d", 4), chat("c", 3)], next: "p2" }, p2: { chats: [chat("b", 2)] } })
    await list.load()
    expect(list.state).toMatchObject({ order: [id("d"), id("c")], next: "p2", phase: "ready", reading: false })
    await list.more()
    expect(list.state.order).toEqual([id("d"), id("c"), id("b")])
    expect(list.state.next).toBeUndefined()
    await list.more()
    expect(list.state.order).toHaveLength(3)
  })

  test("a first page read again takes away what was deleted elsewhere and keeps what is older", async () => {
    const pages: Record<string, ChatPage> = {
      first: { chats: [chat("d", 4), chat("c", 3)], next: "p2" },
      p2: { chats: [chat("b", 2), chat("a", 1)] },
    }
    const list = listOf(pages)
    await list.load()
    await list.more()
    pages["first"] = { chats: [chat("e", 5), chat("c", 3)], next: "p2" }
    await list.load()
    expect(list.state.order).toEqual([id("e"), id("c"), id("b"), id("a")])
    expect(list.state.next).toBeUndefined()
  })

  test("after a long absence the list begins anew", async () => {
    const pages: Record<string, ChatPage> = { first: { chats: [chat("b", 2), chat("a", 1)] } }
    const list = listOf(pages)
    await list.load()
    pages["first"] = { chats: [chat("z", 99), chat("y", 98)], next: "p2" }
    await list.load()
    expect(list.state.order).toEqual([id("z"), id("y")])
    expect(list.state.next).toBe("p2")
  })

  test("a chat that was begun here stays until the server has heard of it", async () => {
    const list = listOf({ first: { chats: [chat("b", 2), chat("a", 1)] } })
    list.put({ ...chat("c", 3), leafId: null })
    await list.load()
    expect(list.state.order).toEqual([id("c"), id("b"), id("a")])
  })

  test("what is heard while a page is on its way counts more than the page", async () => {
    const list = listOf({ first: { chats: [chat("b", 2), chat("a", 1)] } })
    const loaded = list.load()
    list.put(chat("c", 3))
    list.remove(id("a"))
    await loaded
    expect(list.state.order).toEqual([id("c"), id("b")])
  })

  test("a page that is wanted while another is on its way is read after it", async () => {
    const pages: Record<string, ChatPage> = { first: { chats: [chat("a", 1)] } }
    const list = listOf(pages)
    const loaded = list.load()
    pages["first"] = { chats: [chat("b", 2), chat("a", 1)] }
    await list.load()
    await loaded
    expect(list.state.order).toEqual([id("b"), id("a")])
  })

  test("a server that cannot be reached is told, and asked again", async () => {
    let down = true
    const http = {
      chats: () => (down ? Promise.reject(new Error("down")) : Promise.resolve({ chats: [chat("a", 1)] })),
    }
    const list = createChatList({ http } as unknown as Client, plainHolder)
    await list.load()
    expect(list.state).toMatchObject({ phase: "failed", reading: false })
    down = false
    await list.load()
    expect(list.state).toMatchObject({ phase: "ready", order: [id("a")] })
  })
})

describe("changes", () => {
  test("activity moves a chat to the top, a rename leaves it where it is", async () => {
    const list = listOf({ first: { chats: [chat("c", 3), chat("b", 2), chat("a", 1)] } })
    await list.load()
    list.put(chat("a", 9))
    expect(list.state.order).toEqual([id("a"), id("c"), id("b")])
    list.put(chat("b", 2, "renamed"))
    expect(list.state.order).toEqual([id("a"), id("c"), id("b")])
    expect(list.state.chats[id("b")]?.title).toBe("renamed")
  })

  test("an older word of a chat that comes late changes nothing", async () => {
    const list = listOf({ first: { chats: [chat("a", 5, "now")] } })
    await list.load()
    list.put({ ...chat("a", 4, "then"), runs: { run_1: "msg_1" } })
    expect(list.state.chats[id("a")]).toEqual(chat("a", 5, "now"))
  })

  test("temporary chats are in no list", () => {
    const list = listOf({})
    list.put({ ...chat("a", 1), temporary: true })
    expect(list.state.order).toEqual([])
  })

  test("a hidden chat stays away, and comes back as it has become", async () => {
    const list = listOf({ first: { chats: [chat("b", 2), chat("a", 1)] } })
    await list.load()
    list.hide(id("a"))
    list.put(chat("a", 9, "renamed"))
    await list.load()
    expect(list.state.order).toEqual([id("b")])
    list.unhide(id("a"))
    expect(list.state.order).toEqual([id("a"), id("b")])
    expect(list.state.chats[id("a")]?.title).toBe("renamed")
  })
})
