import type { ChatId } from "@omnichat/core/protocol/id"
import type { Conversation } from "./conversation/conversation.ts"
import type { MakeHolder } from "./holder.ts"

/** How many chats stay in memory, so that going back to one needs no reading. */
const held = 12

/** The conversations this page holds; the one used longest ago goes first, but none that is still at work. */
export interface Conversations {
  /** Who draws from it is told when the page begins or ceases to hold it. */
  get(id: ChatId): Conversation | undefined
  /** The conversation, made by `make` when it is not held. */
  open(id: ChatId, make: () => Conversation): Conversation
  all(): Conversation[]
  close(id: ChatId): void
}

export function createConversations(hold: MakeHolder): Conversations {
  const byId = new Map<ChatId, Conversation>()
  const here = hold<Record<ChatId, true>>({})
  const close = (id: ChatId) => {
    byId.get(id)?.close()
    if (byId.delete(id)) here.change((draft) => delete draft[id])
  }
  return {
    get: (id) => (here.state[id] ? byId.get(id) : undefined),
    all: () => [...byId.values()],
    close,
    open(id, make) {
      const conversation = byId.get(id) ?? make()
      byId.delete(id)
      byId.set(id, conversation)
      if (!here.raw[id]) here.change((draft) => (draft[id] = true))
      for (const other of [...byId.values()].slice(0, -1)) {
        if (byId.size <= held) break
        if (other.idle()) close(other.id)
      }
      return conversation
    },
  }
}
