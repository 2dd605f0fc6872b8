import { createClient } from "@omnichat/client/client"
import type { ChatId } from "@omnichat/core/protocol/id"
import { onTestFinished } from "vitest"
import { createConversation } from "../src/runtime/conversation/conversation.ts"
import type { Conversation } from "../src/runtime/conversation/conversation.ts"
import type { ConversationState } from "../src/runtime/conversation/talk.ts"
import type { Turn } from "../src/runtime/conversation/turn.ts"
import { textOf } from "../src/runtime/conversation/turn.ts"
import { createKeep } from "../src/runtime/keep.ts"
import type { Keep } from "../src/runtime/keep.ts"
import { createOutbox } from "../src/runtime/outbox.ts"
import { pathTo } from "../src/runtime/tree.ts"
import type { ChatServer } from "./chat-server.ts"
import { watchedHolder } from "./watched-holder.ts"

export type Page = {
  conversation: Conversation
  keep: Keep
  /** The turns that are seen, each as who says what. */
  seen: () => string[]
  turns: () => Turn[]
  /** Resolves when something is so; asked after each change. */
  until: (condition: () => boolean) => Promise<void>
  /** Closes the page as a browser does: without a word. */
  leave: () => void
}

/** A page that shows one chat. A `keep` makes it a page of the same browser. */
export function openPage(server: ChatServer, id: ChatId, options: { fresh?: boolean; keep?: Keep } = {}): Page {
  const { fresh = false, keep = createKeep() } = options
  const client = createClient({
    baseUrl: "http://server",
    fetch: server.fetch as typeof fetch,
    WebSocket: server.WebSocket,
  })
  const { hold, until } = watchedHolder()
  const conversation = createConversation({ id, client, outbox: createOutbox(keep), hold, now: Date.now, fresh })
  const remove = client.onChat((chat) => {
    if (!("deleted" in chat) && chat.id === id) conversation.applySummary(chat)
  })
  const leave = () => {
    remove()
    conversation.close()
    client.close()
  }
  onTestFinished(leave)
  const state: ConversationState = conversation.state
  const turns = () => pathTo(state, state.leaf).flatMap((key) => state.nodes[key] ?? [])
  return {
    conversation,
    keep,
    turns,
    seen: () => turns().map((turn) => `${turn.role === "user" ? "Q" : "A"}: ${textOf(turn.parts)}`),
    until,
    leave,
  }
}
