import type { WireError } from "../protocol/error.ts"
import type { Usage } from "../protocol/event.ts"
import type { ChatSummary, Message, MessageStatus } from "../protocol/http.ts"
import type { ChatId, MessageId, RunId } from "../protocol/id.ts"
import type { Item } from "../store/table.ts"

/** A chat's META: the truth of the chat, from which access is decided. Times are epoch milliseconds. */
export type ChatRecord = {
  chatId: ChatId
  owner: string
  title: string
  /** A title given by the owner is never replaced by an automatic one. */
  titledBy: "owner" | "automatic"
  createdAt: number
  /** A temporary chat is gone from then on. */
  temporaryUntil?: number
  /** Deleted for ever: nothing may make it again. */
  deleted?: true
}

/** What one user sees of a chat in the list. */
export type ListEntry = {
  chatId: ChatId
  title: string
  createdAt: number
  updatedAt: number
  leafId: MessageId
  runs: Record<RunId, MessageId>
  temporary?: true
}

/** A message as it is stored: `parts` as JSON text, or the key of the blob that holds that text. */
export type MessageRecord = {
  messageId: MessageId
  chatId: ChatId
  parentId: MessageId | null
  role: "user" | "assistant"
  parts?: string
  partsBlob?: string
  status: MessageStatus
  createdAt: number
  model?: string
  runId?: RunId
  usage?: Usage
  error?: WireError
}

export const toChat = (item: Item): ChatRecord => item as unknown as ChatRecord
export const toEntry = (item: Item): ListEntry => item as unknown as ListEntry
export const toMessageRecord = (item: Item): MessageRecord => item as unknown as MessageRecord

const iso = (time: number): string => new Date(time).toISOString()

export function toSummary(entry: ListEntry): ChatSummary {
  return {
    id: entry.chatId,
    title: entry.title,
    createdAt: iso(entry.createdAt),
    updatedAt: iso(entry.updatedAt),
    leafId: entry.leafId,
    runs: entry.runs,
    ...(entry.temporary ? { temporary: true } : {}),
  }
}

/** `parts` is the JSON text, from the record or its blob. */
export function toMessage(record: MessageRecord, parts: string): Message {
  return {
    id: record.messageId,
    parentId: record.parentId,
    role: record.role,
    parts: JSON.parse(parts) as Message["parts"],
    ...(record.model === undefined ? {} : { model: record.model }),
    status: record.status,
    ...(record.usage === undefined ? {} : { usage: record.usage }),
    ...(record.error === undefined ? {} : { error: record.error }),
    createdAt: iso(record.createdAt),
    ...(record.runId === undefined ? {} : { runId: record.runId }),
  }
}
