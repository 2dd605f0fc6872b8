import type { ChatSummary } from "@omnichat/core/protocol/http"
import type { ChatId } from "@omnichat/core/protocol/id"
import type { MakeHolder } from "./holder.ts"
import type { Keep } from "./keep.ts"

/** Which chats have an answer that was finished while nobody looked, as far as this browser knows. */
export interface Unread {
  readonly state: Record<ChatId, true>
  /** A summary has come; `open` is the chat that is being read. */
  see(before: ChatSummary | undefined, now: ChatSummary, open: ChatId | undefined): void
  clear(id: ChatId): void
}

export function createUnread(keep: Keep, hold: MakeHolder): Unread {
  const kept = keep.read("unread")
  const known = Array.isArray(kept) ? kept.filter((id): id is ChatId => typeof id === "string") : []
  const holder = hold<Record<ChatId, true>>(Object.fromEntries(known.map((id) => [id, true])))
  const store = () => keep.write("unread", Object.keys(holder.state))
  return {
    state: holder.state,
    see(before, now, open) {
      const ended = Object.keys(before?.runs ?? {}).some((runId) => !(runId in now.runs))
      if (!ended || now.id === open || holder.state[now.id]) return
      holder.change((draft) => {
        draft[now.id] = true
      })
      store()
    },
    clear(id) {
      if (!holder.state[id]) return
      holder.change((draft) => delete draft[id])
      store()
    },
  }
}
