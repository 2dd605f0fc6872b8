import { toJson } from "../json.ts"
import type { EndMetadata } from "../protocol/event.ts"
import type { ChatId, MessageId, RunId } from "../protocol/id.ts"
import type { Json } from "../protocol/part.ts"
import { indexes, keys } from "../store/keys.ts"
import { ConditionFailed, type Change, type Item, type Operation, type Page, type Table } from "../store/table.ts"
import { type ChatRecord, type ListEntry, type MessageRecord, toChat, toEntry, toMessageRecord } from "./record.ts"

/** The rows of chats: META, messages and list entries. */

export async function readChat(table: Table, chatId: ChatId): Promise<ChatRecord | undefined> {
  const item = await table.get(keys.chat(chatId), { consistent: true })
  return item === undefined ? undefined : toChat(item)
}

export async function readEntry(table: Table, userId: string, chatId: ChatId): Promise<ListEntry | undefined> {
  const item = await table.get(keys.listEntry(userId, chatId), { consistent: true })
  return item === undefined ? undefined : toEntry(item)
}

export async function readMessage(
  table: Table,
  chatId: ChatId,
  messageId: MessageId,
): Promise<MessageRecord | undefined> {
  const item = await table.get(keys.message(chatId, messageId), { consistent: true })
  return item === undefined ? undefined : toMessageRecord(item)
}

/** Newest first. */
export function queryMessages(
  table: Table,
  chatId: ChatId,
  options: { upTo?: MessageId; cursor?: string; limit?: number },
): Promise<Page> {
  return table.query({
    pk: keys.chat(chatId).pk,
    between: ["MSG#", options.upTo === undefined ? "MSG#~" : `MSG#${options.upTo}`],
    order: "desc",
    consistent: true,
    ...(options.cursor === undefined ? {} : { cursor: options.cursor }),
    ...(options.limit === undefined ? {} : { limit: options.limit }),
  })
}

/** By last activity, newest first. */
export function queryEntries(table: Table, userId: string, options: { cursor?: string; limit: number }): Promise<Page> {
  return table.query({
    pk: keys.listEntry(userId, "").pk,
    index: indexes.chats(userId),
    order: "desc",
    limit: options.limit,
    ...(options.cursor === undefined ? {} : { cursor: options.cursor }),
  })
}

const activity = (at: number, chatId: ChatId): string => `${new Date(at).toISOString()}#${chatId}`

/** META, list entry and, for a temporary chat, the job that will remove it. */
export function createChatOperations(chat: ChatRecord, entry: ListEntry): Operation[] {
  const listed = entry.temporary
    ? {}
    : { gsi1pk: indexes.chats(chat.owner), gsi1sk: activity(entry.updatedAt, chat.chatId) }
  const operations: Operation[] = [
    { put: { ...keys.chat(chat.chatId), ...toJson(chat) }, if: [{ absent: "pk" }] },
    { put: { ...keys.listEntry(chat.owner, chat.chatId), ...toJson(entry), ...listed } },
  ]
  if (chat.temporaryUntil !== undefined) operations.push(purgeOperation(chat.chatId, chat.temporaryUntil))
  return operations
}

/** A new run in a chat that exists: its answer becomes the leaf; fails when the chat was deleted meanwhile. */
export function beginRunOperations(
  chat: ChatRecord,
  run: { runId: RunId; messageId: MessageId; at: number; temporaryUntil?: number },
): Operation[] {
  const alive: Operation =
    run.temporaryUntil === undefined
      ? { check: keys.chat(chat.chatId), if: [{ exists: "pk" }, { absent: "deleted" }] }
      : {
          update: keys.chat(chat.chatId),
          change: { set: { temporaryUntil: run.temporaryUntil } },
          if: [{ exists: "pk" }, { absent: "deleted" }],
        }
  return [
    alive,
    {
      update: keys.listEntry(chat.owner, chat.chatId),
      change: {
        set: {
          leafId: run.messageId,
          updatedAt: run.at,
          [`runs.${run.runId}`]: run.messageId,
          ...(chat.temporaryUntil === undefined ? { gsi1sk: activity(run.at, chat.chatId) } : {}),
        },
      },
      if: [{ exists: "pk" }],
    },
  ]
}

export function putMessageOperation(message: MessageRecord): Operation {
  return { put: { ...keys.message(message.chatId, message.messageId), ...toJson(message) }, if: [{ absent: "pk" }] }
}

/** The finished answer, if its row is still there and its chat is not deleted. */
export function endMessageOperations(
  chatId: ChatId,
  messageId: MessageId,
  body: { parts: string } | { partsBlob: string },
  end: EndMetadata,
): Operation[] {
  const set: Record<string, Json> = { ...body, status: end.status, usage: end.usage }
  if (end.error) set.error = end.error
  const change: Change = "parts" in body ? { set } : { set, remove: ["parts"] }
  return [
    { check: keys.chat(chatId), if: [{ exists: "pk" }, { absent: "deleted" }] },
    { update: keys.message(chatId, messageId), change, if: [{ exists: "pk" }] },
  ]
}

/** The list entry after a run's end; undefined when there is none any more. */
export function endRunInEntry(
  table: Table,
  userId: string,
  chatId: ChatId,
  runId: RunId,
  at: number,
  temporary: boolean,
): Promise<ListEntry | undefined> {
  return ifThere(
    table.update(
      keys.listEntry(userId, chatId),
      {
        set: { updatedAt: at, ...(temporary ? {} : { gsi1sk: activity(at, chatId) }) },
        remove: [`runs.${runId}`],
      },
      { if: [{ exists: `runs.${runId}` }] },
    ),
  )
}

/** Takes a run off the list entry and leaves everything else as it is. */
export async function forgetRun(table: Table, userId: string, chatId: ChatId, runId: RunId): Promise<void> {
  const path = `runs.${runId}`
  await ifThere(table.update(keys.listEntry(userId, chatId), { remove: [path] }, { if: [{ exists: path }] }))
}

export function setLeaf(
  table: Table,
  userId: string,
  chatId: ChatId,
  leafId: MessageId,
): Promise<ListEntry | undefined> {
  return ifThere(table.update(keys.listEntry(userId, chatId), { set: { leafId } }, { if: [{ exists: "pk" }] }))
}

/** The owner's title, on META and in the list. Throws ConditionFailed when the chat is gone. */
export async function setTitle(table: Table, userId: string, chatId: ChatId, title: string): Promise<void> {
  await table.transact([
    {
      update: keys.chat(chatId),
      change: { set: { title, titledBy: "owner" } },
      if: [{ exists: "pk" }, { absent: "deleted" }],
    },
    { update: keys.listEntry(userId, chatId), change: { set: { title } }, if: [{ exists: "pk" }] },
  ])
}

export async function extendTemporary(table: Table, chatId: ChatId, until: number): Promise<void> {
  await ifThere(
    table.update(keys.chat(chatId), { set: { temporaryUntil: until } }, { if: [{ exists: "temporaryUntil" }] }),
  )
}

/** The tombstone and the job for the rest. From then on no run can begin in the chat. */
export async function buryChat(table: Table, chatId: ChatId): Promise<void> {
  await table.transact([
    {
      update: keys.chat(chatId),
      change: { set: { deleted: true, title: "" } },
      if: [{ exists: "pk" }, { absent: "deleted" }],
    },
    purgeOperation(chatId, 0),
  ])
}

export async function removeEntry(table: Table, userId: string, chatId: ChatId): Promise<void> {
  await table.delete(keys.listEntry(userId, chatId))
}

export function queryPurges(table: Table, cursor?: string): Promise<Page> {
  return table.query({ pk: keys.purge("").pk, ...(cursor === undefined ? {} : { cursor }) })
}

export async function postponePurge(table: Table, chatId: ChatId, due: number): Promise<void> {
  await table.put({ ...keys.purge(chatId), chatId, due })
}

/** Removes a page of messages; false when there were none. */
export async function removeMessages(table: Table, chatId: ChatId): Promise<boolean> {
  const page = await queryMessages(table, chatId, { limit: 100 })
  await table.batchWrite(page.items.map(({ pk, sk }) => ({ delete: { pk, sk } })))
  return page.items.length > 0 || page.cursor !== undefined
}

export async function finishPurge(table: Table, chatId: ChatId): Promise<void> {
  await table.delete(keys.purge(chatId))
}

/** `due` is epoch milliseconds. */
function purgeOperation(chatId: ChatId, due: number): Operation {
  return { put: { ...keys.purge(chatId), chatId, due } }
}

async function ifThere(update: Promise<Item>): Promise<ListEntry | undefined> {
  try {
    return toEntry(await update)
  } catch (error) {
    if (error instanceof ConditionFailed) return undefined
    throw error
  }
}
