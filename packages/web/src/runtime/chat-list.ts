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
  /** `order` is a new list after each change; a chat that is renamed stays where it is in it. */
  readonly state: ChatListState
  readonly raw: ChatListState
  /** Reads the first page: at the start, and when there is a connection, for what was changed before. Never rejects. */
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
  /** What became of chats while a page was on its way, of which it may not know; undefined: deleted. */
  const meanwhile = new Map<ChatId, ChatSummary | undefined>()
  let wanted = false

  const put = (summary: ChatSummary) => {
    if (hidden.has(summary.id)) hidden.set(summary.id, summary)
    else place(holder, summary)
  }
  const remove = (id: ChatId) => {
    hidden.delete(id)
    take(holder, id)
  }

  const read = async (cursor: string | undefined, use: (holder: ListHolder, page: ChatPage) => void) => {
    if (holder.state.reading) return
    holder.change((draft) => {
      draft.reading = true
    })
    meanwhile.clear()
    try {
      const limit = cursor === undefined ? pageSize : laterPages
      const page = await client.http.chats({ limit, ...(cursor !== undefined && { cursor }) })
      const chats = page.chats.filter((chat) => !hidden.has(chat.id))
      use(holder, { ...page, chats })
      for (const [id, summary] of meanwhile) {
        if (summary) put(summary)
        else remove(id)
      }
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
  const load = async () => {
    // The page that is on its way may have been read before what we have missed.
    if (holder.state.reading) return void (wanted = true)
    do {
      wanted = false
      await read(undefined, refresh)
    } while (wanted)
  }

  return {
    state: holder.state,
    raw: holder.raw,
    load,
    async more() {
      if (holder.state.next === undefined) return
      await read(holder.state.next, append)
      if (wanted) await load()
    },
    put(summary) {
      if (summary.temporary) return
      meanwhile.set(summary.id, summary)
      put(summary)
    },
    remove(id) {
      meanwhile.set(id, undefined)
      remove(id)
    },
    hide(id) {
      hidden.set(id, holder.state.chats[id])
      take(holder, id)
    },
    unhide(id) {
      const summary = hidden.get(id)
      hidden.delete(id)
      if (summary) place(holder, summary)
    },
  }
}

type ListHolder = Holder<ChatListState>

function take(holder: ListHolder, id: ChatId): void {
  const { order, chats } = holder.raw
  if (!chats[id]) return
  holder.change((draft) => {
    delete draft.chats[id]
    draft.order = order.filter((other) => other !== id)
  })
}

/** Puts a chat where its last activity belongs. One that has not moved leaves the order as it is; an older word of it counts no more. */
function place(holder: ListHolder, summary: ChatSummary): void {
  const { order, chats } = holder.raw
  const known = chats[summary.id]
  if (known !== undefined && known.updatedAt > summary.updatedAt) return
  const stays = known !== undefined && known.updatedAt === summary.updatedAt
  const rest = known ? order.filter((id) => id !== summary.id) : order
  const at = rest.findIndex((id) => !isNewer(chats[id], summary))
  holder.change((draft) => {
    draft.chats[summary.id] = summary
    if (!stays) draft.order = rest.toSpliced(at < 0 ? rest.length : at, 0, summary.id)
  })
}

function isNewer(left: ChatSummary | undefined, right: ChatSummary): boolean {
  if (!left) return false
  return left.updatedAt === right.updatedAt ? left.id > right.id : left.updatedAt > right.updatedAt
}

function append(holder: ListHolder, page: ChatPage): void {
  setChats(holder, [...holder.raw.order.map((id) => holder.raw.chats[id]), ...page.chats], page)
}

/**
 * A first page replaces what is known of its span: what lies in it and is not listed has been deleted elsewhere, unless it
 * has no leaf, for then it was begun here and the server has not heard of it.
 */
function refresh(holder: ListHolder, page: ChatPage): void {
  const { order, chats, phase } = holder.raw
  const listed = new Set(page.chats.map((chat) => chat.id))
  const oldest = page.next === undefined ? "" : (page.chats.at(-1)?.updatedAt ?? "")
  const overlaps = phase === "ready" && order.some((id) => listed.has(id))
  const known = order.map((id) => chats[id])
  const kept = known.filter((chat) => chat?.leafId === null || (overlaps && (chat?.updatedAt ?? "") < oldest))
  setChats(holder, [...kept, ...page.chats], overlaps ? undefined : page)
}

/** The chats there are now, the later of two of the same id; with a page, what comes after it too. */
function setChats(holder: ListHolder, list: readonly (ChatSummary | undefined)[], page: ChatPage | undefined): void {
  const chats = new Map(list.flatMap((chat) => (chat ? [[chat.id, chat]] : [])))
  const order = [...chats.values()].sort((left, right) => (isNewer(left, right) ? -1 : 1)).map(({ id }) => id)
  holder.change((draft) => {
    draft.chats = Object.fromEntries(chats)
    draft.order = order
    draft.phase = "ready"
    if (page?.next !== undefined) draft.next = page.next
    else if (page) delete draft.next
  })
}
