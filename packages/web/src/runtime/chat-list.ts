import type { Client } from "@omnichat/client/client"
import type { ChatPage, ChatSummary } from "@omnichat/core/protocol/http"
import type { ChatId } from "@omnichat/core/protocol/id"
import type { Holder, MakeHolder } from "./holder.ts"

/** The chats, newest activity first, as far as they have been read. */
export type ChatListState = {
  order: ChatId[]
  chats: Record<ChatId, ChatSummary>
  /** The cursor of the next older page; absent when all are here. */
  next?: string
  phase: "loading" | "ready" | "failed"
  reading: boolean
}

export interface ChatList {
  readonly state: ChatListState
  /** Reads the first page: at the start, and after a time without a connection. Never rejects. */
  load(): Promise<void>
  /** Reads the next older page. Never rejects; `reading` says when it is over. */
  more(): Promise<void>
  /** Adds a chat, or brings it up to date. */
  put(summary: ChatSummary): void
  remove(id: ChatId): void
  /** While a deletion can still be undone, whatever the server says of the chat is kept aside. */
  hide(id: ChatId): void
  unhide(id: ChatId): void
}

const pageSize = 50
const laterPages = 100

export function createChatList(client: Client, hold: MakeHolder): ChatList {
  const holder = hold<ChatListState>({ order: [], chats: {}, phase: "loading", reading: false })
  const hidden = new Map<ChatId, ChatSummary | undefined>()

  const read = async (cursor: string | undefined, use: (draft: ChatListState, page: ChatPage) => void) => {
    if (holder.state.reading) return
    holder.change((draft) => {
      draft.reading = true
    })
    try {
      const limit = cursor === undefined ? pageSize : laterPages
      const page = await client.http.chats({ limit, ...(cursor !== undefined && { cursor }) })
      const chats = page.chats.filter((chat) => !hidden.has(chat.id))
      holder.change((draft) => {
        use(draft, { ...page, chats })
        draft.phase = "ready"
      })
    } catch {
      // The row that asks for the next page, or the next connection, tries again.
      holder.change((draft) => {
        if (draft.phase === "loading") draft.phase = "failed"
      })
    } finally {
      holder.change((draft) => {
        draft.reading = false
      })
    }
  }

  return {
    state: holder.state,
    load: () => read(undefined, refresh),
    more: () => (holder.state.next === undefined ? Promise.resolve() : read(holder.state.next, append)),
    put(summary) {
      if (summary.temporary) return
      if (hidden.has(summary.id)) hidden.set(summary.id, summary)
      else holder.change((draft) => place(draft, summary))
    },
    remove(id) {
      hidden.delete(id)
      take(holder, id)
    },
    hide(id) {
      hidden.set(id, holder.state.chats[id])
      take(holder, id)
    },
    unhide(id) {
      const summary = hidden.get(id)
      hidden.delete(id)
      if (summary) holder.change((draft) => place(draft, summary))
    },
  }
}

function take(holder: Holder<ChatListState>, id: ChatId): void {
  if (!holder.state.chats[id]) return
  holder.change((draft) => {
    delete draft.chats[id]
    draft.order.splice(draft.order.indexOf(id), 1)
  })
}

/** Puts a chat where its last activity belongs. One that has not moved stays untouched in the order. */
export function place(draft: ChatListState, summary: ChatSummary): void {
  const { order, chats } = draft
  const known = chats[summary.id]
  chats[summary.id] = summary
  if (known && known.updatedAt === summary.updatedAt) return
  if (known) order.splice(order.indexOf(summary.id), 1)
  let low = 0
  let high = order.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (isNewer(chats[order[middle] as ChatId], summary)) low = middle + 1
    else high = middle
  }
  order.splice(low, 0, summary.id)
}

function isNewer(left: ChatSummary | undefined, right: ChatSummary): boolean {
  if (!left) return false
  return left.updatedAt === right.updatedAt ? left.id > right.id : left.updatedAt > right.updatedAt
}

function append(draft: ChatListState, page: ChatPage): void {
  for (const chat of page.chats) place(draft, chat)
  if (page.next === undefined) delete draft.next
  else draft.next = page.next
}

/** A first page replaces what is known of its span: what lies in it and is not listed has been deleted elsewhere. */
function refresh(draft: ChatListState, page: ChatPage): void {
  const listed = new Set(page.chats.map((chat) => chat.id))
  const oldest = page.next === undefined ? "" : (page.chats.at(-1)?.updatedAt ?? "")
  const overlaps = draft.order.length === 0 || draft.order.some((id) => listed.has(id))
  for (const id of [...draft.order]) {
    if (listed.has(id) || (overlaps && (draft.chats[id]?.updatedAt ?? "") < oldest)) continue
    delete draft.chats[id]
    draft.order.splice(draft.order.indexOf(id), 1)
  }
  const first = draft.phase !== "ready" || !overlaps
  for (const chat of page.chats) place(draft, chat)
  if (!first) return
  if (page.next === undefined) delete draft.next
  else draft.next = page.next
}
