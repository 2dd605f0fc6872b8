import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type SqliteOptions, openSqliteTable } from "@omnichat/local/sqlite/open"
import { sqliteThread } from "./sqlite-thread.ts"

/** A SQLite table in a new folder that is deleted with it. */
export async function temporarySqlite(options: Omit<SqliteOptions, "file" | "threadEntry">) {
  const folder = mkdtempSync(join(tmpdir(), "omnichat-sqlite-"))
  const opened = await openSqliteTable({ ...options, file: join(folder, "omnichat.db"), threadEntry: sqliteThread() })
  return {
    table: opened.table,
    close: async () => {
      await opened.close()
      rmSync(folder, { recursive: true })
    },
  }
}
