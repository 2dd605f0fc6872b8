import { existsSync } from "node:fs"
import { StoreUnavailable } from "@omnichat/core/store/table"
import Database from "libsql"
import { unavailable } from "./failure.ts"

/**
 * Writes a whole and compact copy of a store, also while a server is using it. Blocks until it is done. Throws
 * StoreUnavailable, also when there is something at `to` already.
 */
export function backUp(file: string, to: string): void {
  if (!existsSync(file)) throw new StoreUnavailable(`there is no ${file} to copy`)
  if (existsSync(to)) throw new StoreUnavailable(`${to} exists; a backup never overwrites`)
  try {
    const database = new Database(file)
    try {
      database.prepare("VACUUM INTO ?").run([to])
    } finally {
      database.close()
    }
  } catch (error) {
    throw unavailable(file, error)
  }
}
