import * as v from "valibot"
import { fileId } from "../protocol/id.ts"
import type { FileId } from "../protocol/id.ts"
import { keys } from "../store/keys.ts"
import type { Item, Table } from "../store/table.ts"

/** What the table keeps of a file; its bytes lie in Blobs under `key`. */
export type FileItem = {
  id: FileId
  ownerId: string
  name: string
  mediaType: string
  bytes: number
  key: string
  createdAt: number
}

const fileItem = v.object({
  id: fileId,
  ownerId: v.string(),
  name: v.string(),
  mediaType: v.string(),
  bytes: v.number(),
  key: v.string(),
  createdAt: v.number(),
})

export async function writeFile(table: Table, file: FileItem): Promise<void> {
  await table.put({ ...keys.file(file.id), ...file }, { if: [{ absent: "pk" }] })
}

/** Undefined where there is none. */
export async function readFile(table: Table, id: FileId): Promise<FileItem | undefined> {
  const item = await table.get(keys.file(id), { consistent: true })
  return item === undefined ? undefined : parse(item)
}

export async function readFiles(table: Table, ids: FileId[]): Promise<FileItem[]> {
  return (await table.batchGet(ids.map(keys.file), { consistent: true })).map(parse)
}

const parse = (item: Item): FileItem => v.parse(fileItem, item)
