import { stat } from "node:fs/promises"
import type { Table } from "@omnichat/core/store/table"
import { openChannel } from "./channel.ts"
import { sqliteTable } from "./table.ts"

export type SqliteOptions = {
  /** The one file; its folder is made if it is missing, and locked for this process. */
  file: string
  /** Epoch milliseconds. */
  now: () => number
  /** The built `thread.ts`. */
  threadEntry: URL
  /** At most so many items a page; 200 if not given. */
  pageSize?: number
  /** For tests: index reads see the table as it was up to so long ago. */
  indexDelayMs?: number
  /** How often expired items are deleted while nothing else is to be done; a minute if not given. */
  purgeEveryMs?: number
}

export type SqliteTable = {
  table: Table
  /** After all that was asked before is answered. */
  close(): Promise<void>
  /** What the file takes on the disk, with what is still to be merged into it. */
  sizeBytes(): Promise<number>
}

/** Opens the table. Throws StoreUnavailable, saying which folder, why, and what to do. */
export async function openSqliteTable(options: SqliteOptions): Promise<SqliteTable> {
  const { file, threadEntry, now, pageSize = 200, indexDelayMs = 0, purgeEveryMs = 60_000 } = options
  const channel = await openChannel(threadEntry, { file, pageSize, indexDelayMs, purgeEveryMs }, now)
  return {
    table: sqliteTable(channel),
    close: () => channel.close(),
    sizeBytes: async () => {
      const sizes = await Promise.all([file, `${file}-wal`].map((path) => stat(path).catch(() => undefined)))
      return sizes.reduce((sum, found) => sum + (found?.size ?? 0), 0)
    },
  }
}
