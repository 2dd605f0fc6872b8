import type { Key } from "@omnichat/core/store/table"
import type Database from "libsql"
import type { Row } from "./message.ts"

/** The statements on single rows. An item is given as its JSON. */
export type Rows = {
  read(key: Key): string | undefined
  /** Not the expired. `now` is epoch milliseconds. */
  readLive(key: Key, now: number): string | undefined
  write(row: Row): void
  /** Whether there was no such item, so that it is written now. */
  writeIfAbsent(row: Row): boolean
  /** Gives the item as it was. */
  remove(key: Key): string | undefined
}

export function openRows(database: Database.Database): Rows {
  const read = database.prepare("SELECT json FROM item WHERE pk = ? AND sk = ?").raw()
  const readLive = database
    .prepare("SELECT json FROM item WHERE pk = ? AND sk = ? AND (expires IS NULL OR expires * 1000 > ?)")
    .raw()
  const write = database.prepare("INSERT OR REPLACE INTO item VALUES (?, ?, ?, ?, ?, ?)")
  const writeIfAbsent = database.prepare("INSERT INTO item VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")
  const remove = database.prepare("DELETE FROM item WHERE pk = ? AND sk = ? RETURNING json").raw()
  return {
    read: ({ pk, sk }) => jsonOf(read.get([pk, sk])),
    readLive: ({ pk, sk }, now) => jsonOf(readLive.get([pk, sk, now])),
    write: (row) => void write.run(row),
    writeIfAbsent: (row) => writeIfAbsent.run(row).changes === 1,
    remove: ({ pk, sk }) => jsonOf(remove.get([pk, sk])),
  }
}

const jsonOf = (row: unknown): string | undefined => (Array.isArray(row) ? String(row[0]) : undefined)
