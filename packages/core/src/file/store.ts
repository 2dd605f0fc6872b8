import * as v from "valibot"
import { fileId } from "../protocol/id.ts"
import type { ChatId, FileId } from "../protocol/id.ts"
import { keys } from "../store/keys.ts"
import { ConditionFailed, type Item, type Operation, type Page, type Table } from "../store/table.ts"

/** What the table keeps of a file; its bytes lie in Blobs under `key`. */
export type FileItem = {
  id: FileId
  ownerId: string
  name: string
  mediaType: string
  bytes: number
  key: string
  createdAt: number
  /** How often a message has named it; absent: never. So that nobody names it unseen while it is being removed. */
  named?: number
}

const fileItem = v.object({
  id: fileId,
  ownerId: v.string(),
  name: v.string(),
  mediaType: v.string(),
  bytes: v.number(),
  key: v.string(),
  createdAt: v.number(),
  named: v.exactOptional(v.number()),
})

/** Where the bytes lie, also of a file that has no item any more. */
export const blobKey = (id: FileId): string => `files/${id}`

/** The file, and the job that looks at `due` (epoch milliseconds) whether a message has named it. */
export async function writeFile(table: Table, file: FileItem, due: number): Promise<void> {
  await table.transact([
    { put: { ...keys.file(file.id), ...file }, if: [{ absent: "pk" }] },
    { put: { ...keys.unsettledFile(file.id), fileId: file.id, due } },
  ])
}

/** What a start writes for the files that its question names, at most three operations each; fails when one is gone. */
export function nameFileOperations(ids: readonly FileId[], chatId: ChatId): Operation[] {
  return [...new Set(ids)].flatMap((id) => [
    { update: keys.file(id), change: { add: { named: 1 } }, if: [{ exists: "pk" }] },
    { put: { ...keys.fileInChat(id, chatId), chatId } },
    { put: { ...keys.chatsFile(chatId, id), fileId: id } },
  ])
}

/** Files that a chat names, a page at a time. */
export async function queryChatsFiles(table: Table, chatId: ChatId): Promise<{ ids: FileId[]; more: boolean }> {
  const { pk, sk: prefix } = keys.chatsFile(chatId, "")
  const page = await table.query({ pk, prefix, consistent: true, limit: 20 })
  return { ids: page.items.map(idIn), more: page.cursor !== undefined }
}

export async function isInAnyChat(table: Table, id: FileId): Promise<boolean> {
  const { pk, sk: prefix } = keys.fileInChat(id, "")
  let page: Page | undefined
  do {
    const from = page?.cursor === undefined ? {} : { cursor: page.cursor }
    page = await table.query({ pk, prefix, consistent: true, limit: 1, ...from })
    if (page.items.length > 0) return true
  } while (page.cursor !== undefined)
  return false
}

/** The file no longer counts as named by the chat; the chat still finds it. */
export async function takeOutOfChat(table: Table, id: FileId, chatId: ChatId): Promise<void> {
  await table.delete(keys.fileInChat(id, chatId))
}

export async function forgetChatsFile(table: Table, chatId: ChatId, id: FileId): Promise<void> {
  await table.delete(keys.chatsFile(chatId, id))
}

/** False when a message has named the file since it was read. */
export async function removeFileItem(table: Table, { id, named }: FileItem): Promise<boolean> {
  try {
    await table.delete(keys.file(id), {
      if: [named === undefined ? { absent: "named" } : { equals: ["named", named] }],
    })
    return true
  } catch (error) {
    if (error instanceof ConditionFailed) return false
    throw error
  }
}

/** The oldest of the files that are to be looked at once more; `due` is epoch milliseconds. */
export async function queryUnsettled(table: Table): Promise<{ id: FileId; due: number }[]> {
  const found: { id: FileId; due: number }[] = []
  let page: Page | undefined
  do {
    const from = page?.cursor === undefined ? {} : { cursor: page.cursor }
    page = await table.query({ pk: keys.unsettledFile("").pk, limit: 25, ...from })
    found.push(...page.items.map((item) => ({ id: idIn(item), due: Number(item.due) })))
  } while (found.length === 0 && page.cursor !== undefined)
  return found
}

export async function settleFile(table: Table, id: FileId): Promise<void> {
  await table.delete(keys.unsettledFile(id))
}

/** Undefined where there is none. */
export async function readFile(table: Table, id: FileId): Promise<FileItem | undefined> {
  const item = await table.get(keys.file(id), { consistent: true })
  return item === undefined ? undefined : parse(item)
}

export async function readFiles(table: Table, ids: FileId[]): Promise<FileItem[]> {
  return (await table.batchGet(ids.map(keys.file), { consistent: true })).map(parse)
}

const idIn = (item: Item): FileId => v.parse(fileId, item.fileId)

const parse = (item: Item): FileItem => v.parse(fileItem, item)
