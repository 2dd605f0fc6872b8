import type { Client } from "@omnichat/client/client"
import type { ChatSummary } from "@omnichat/core/protocol/http"
import { newId } from "@omnichat/core/protocol/id"
import type { ChatId } from "@omnichat/core/protocol/id"
import type { PoolView } from "@omnichat/core/protocol/pool"
import { createRemoval } from "../chats/removal.ts"
import type { Removal } from "../chats/removal.ts"
import { createCatalogue } from "../models/catalogue.ts"
import type { Catalogue } from "../models/catalogue.ts"
import type { Mode } from "../models/choice.ts"
import { createChatList } from "./chat-list.ts"
import type { ChatList } from "./chat-list.ts"
import { watchConnection } from "./connection.ts"
import type { ConnectionView } from "./connection.ts"
import { createConversation } from "./conversation/conversation.ts"
import type { Conversation } from "./conversation/conversation.ts"
import type { Queue } from "./conversation/queue.ts"
import type { Wish } from "./conversation/send.ts"
import { waitIn } from "./conversation/talk.ts"
import { createConversations } from "./conversations.ts"
import type { Account } from "./account.ts"
import { createDrafts } from "./drafts.ts"
import type { Draft, Drafts } from "./drafts.ts"
import { createFiles } from "./files.ts"
import type { Files } from "./files.ts"
import type { MakeHolder } from "./holder.ts"
import type { Keep } from "./keep.ts"
import { createNotices } from "./notices.ts"
import type { Notices } from "./notices.ts"
import { createOutbox } from "./outbox.ts"
import { createUnread } from "./unread.ts"
import type { Unread } from "./unread.ts"

/** Everything the screens work with. */
export interface App {
  readonly client: Client
  readonly keep: Keep
  readonly list: ChatList
  readonly catalogue: Catalogue
  readonly drafts: Drafts
  readonly unread: Unread
  readonly notices: Notices
  readonly removal: Removal
  readonly connection: ConnectionView
  readonly files: Files
  readonly mode: Mode
  /** Who is signed in; undefined where one person has the service to themselves. */
  readonly account: Account | undefined
  /** How the pool's servers are doing; rejects with ClientError where there is nothing to see. */
  readonly pool: () => Promise<PoolView>
  /** The chat, read when it is not in memory. The one opened last is the one that is being read. */
  open(id: ChatId): Conversation
  /** What an unfinished answer of the chat waits for, as far as this page follows it. */
  waits(chat: ChatSummary): Queue | undefined
  /** No chat is being read. */
  leave(): void
  /** Begins a chat with its first message; it is there at once. */
  begin(content: Draft, wish: Wish): ChatId
  /** Shows the new title at once; a refusal brings the old one back and is told. */
  rename(id: ChatId, title: string): Promise<void>
  /** Ends the connection. Runs go on without us. */
  close(): void
}

export type AppOptions = {
  client: Client
  keep: Keep
  hold: MakeHolder
  now: () => number
  after: (ms: number, action: () => void) => () => void
  mode: Mode
  account?: Account
  pool: () => Promise<PoolView>
}

export function createApp({ client, keep, hold, now, after, mode, account, pool }: AppOptions): App {
  const outbox = createOutbox(keep)
  const list = createChatList(client, hold)
  const catalogue = createCatalogue(client, keep, hold, { shared: account !== undefined })
  const unread = createUnread(keep, hold)
  const notices = createNotices(hold)
  const conversations = createConversations(hold)
  const drafts = createDrafts(keep)
  const gone = (id: ChatId) => {
    conversations.get(id)?.gone()
    conversations.close(id)
    drafts.write(id, { text: "", files: [] })
    unread.clear(id)
  }
  const removal = createRemoval({ client, list, notices, after, gone })
  let reading: ChatId | undefined

  const make = (id: ChatId, fresh: boolean) => createConversation({ id, client, outbox, hold, now, fresh })
  const held = (id: ChatId) =>
    conversations.open(id, () => {
      const conversation = make(id, false)
      void conversation.load()
      return conversation
    })
  const connection = watchConnection(client, hold, (again) => {
    // What was changed elsewhere after it was read and before there was a connection, nobody has told us.
    void list.load()
    for (const conversation of conversations.all()) void conversation.catchUp()
    if (again || catalogue.state.phase === "failed") void catalogue.load()
  })

  client.onChat((chat) => {
    if ("deleted" in chat) {
      list.remove(chat.id)
      return gone(chat.id)
    }
    unread.see(list.state.chats[chat.id], chat, reading)
    list.put(chat)
    conversations.get(chat.id)?.applySummary(chat)
  })
  void list.load()
  void catalogue.load()
  void catalogue.look()
  // Words that were on their way when the page was closed go out now, wherever the reader is.
  for (const id of new Set(outbox.all().map((entry) => entry.chatId))) held(id)

  return {
    client,
    keep,
    list,
    catalogue,
    drafts,
    unread,
    notices,
    removal,
    connection,
    files: createFiles(client, { fetched: account !== undefined }),
    mode,
    account,
    pool,
    open(id) {
      reading = id
      unread.clear(id)
      return held(id)
    },
    waits(chat) {
      const conversation = conversations.get(chat.id)
      return conversation && waitIn(conversation.state, chat)
    },
    leave() {
      reading = undefined
    },
    begin(content, wish) {
      const id = newId("cht", now())
      const conversation = conversations.open(id, () => make(id, true))
      if (!wish.temporary) list.put(newSummary(id, content, now()))
      conversation.send(content, wish)
      return id
    },
    async rename(id, title) {
      const before = list.state.chats[id]
      if (before) list.put({ ...before, title })
      try {
        list.put(await client.http.patchChat(id, { title }))
      } catch (error) {
        if (before) list.put(before)
        after(
          5000,
          notices.show({ text: `The title stays: ${error instanceof Error ? error.message : String(error)}` }),
        )
      }
    },
    close: () => client.close(),
  }
}

/** What the list shows until the server has made the chat and its title. */
function newSummary(id: ChatId, content: Draft, now: number): ChatSummary {
  const words = content.text.replace(/\s+/g, " ").trim()
  const title = words.length <= 60 ? words : `${words.slice(0, 60).replace(/\s\S*$/, "")}…`
  const time = new Date(now).toISOString()
  return { id, title: title || "New chat", createdAt: time, updatedAt: time, leafId: null, runs: {} }
}
