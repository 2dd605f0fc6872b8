import type { Client } from "@omnichat/client/client"
import type { ChatId } from "@omnichat/core/protocol/id"
import type { ChatList } from "../runtime/chat-list.ts"
import type { Notices } from "../runtime/notices.ts"

/** How long a deletion can be undone, in milliseconds. */
export const undoTime = 7000
const readingTime = 5000

/** Deletes chats after a time in which it can be undone. */
export interface Removal {
  remove(id: ChatId): void
  /** The page is being left: whatever waits goes out now. */
  flush(): void
}

export type RemovalOptions = {
  client: Client
  list: ChatList
  notices: Notices
  /** Calls the function after the time, unless it was ended before. */
  after: (ms: number, action: () => void) => () => void
  /** The chat is gone for good. */
  gone: (id: ChatId) => void
}

export function createRemoval({ client, list, notices, after, gone }: RemovalOptions): Removal {
  let waiting: { id: ChatId; stop: () => void } | undefined

  const commit = (leaving: boolean) => {
    if (!waiting) return
    const { id, stop } = waiting
    waiting = undefined
    stop()
    client.http.deleteChat(id, { keepalive: leaving }).then(
      () => {
        list.remove(id)
        gone(id)
      },
      (error: Error) => {
        list.unhide(id)
        after(readingTime, notices.show({ text: `The chat is still there: ${error.message}` }))
      },
    )
  }

  return {
    flush: () => commit(true),
    remove(id) {
      commit(false)
      const title = list.state.chats[id]?.title
      list.hide(id)
      const hide = notices.show({
        text: title === undefined ? "Chat deleted" : `Deleted “${title}”`,
        action: {
          label: "Undo",
          run: () => {
            if (waiting?.id !== id) return
            waiting.stop()
            waiting = undefined
            list.unhide(id)
          },
        },
      })
      const cancel = after(undoTime, () => commit(false))
      waiting = {
        id,
        stop: () => {
          cancel()
          hide()
        },
      }
    },
  }
}
