import Database from "libsql"
import { type Search, openSearch } from "./search.ts"

/**
 * Searches the index as it was up to `delayMs` ago, as on DynamoDB: a second connection holds a snapshot and takes a new
 * one every so often.
 */
export function openStaleIndex(file: string, pageSize: number, delayMs: number): { search: Search; close(): void } {
  const database = new Database(file)
  const takeSnapshot = () => {
    if (database.inTransaction) database.exec("COMMIT")
    database.exec("BEGIN")
    database.prepare("SELECT 1 FROM item LIMIT 1").get()
  }
  takeSnapshot()
  const timer = setInterval(takeSnapshot, delayMs)
  const close = () => {
    clearInterval(timer)
    database.close()
  }
  return { search: openSearch(database, pageSize), close }
}
