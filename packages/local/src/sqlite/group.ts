import type Database from "libsql"
import { type Store, execute, isWrite } from "./execute.ts"
import { toFailure } from "./failure.ts"
import type { Answer, Batch, Request } from "./message.ts"

type Waiting = { request: Request; now: number }

/**
 * Answers everything that waits, in order, with one commit. A request whose condition fails spoils nothing for the
 * others. When the disk fails, each request is tried again by itself, so that only those it concerns are refused.
 */
export function openGroups(database: Database.Database, store: Store, file: string): (batches: Batch[]) => Answer[] {
  const [begin, beginWrite, commit] = ["BEGIN", "BEGIN IMMEDIATE", "COMMIT"].map((sql) => database.prepare(sql))

  const inTransaction = (waiting: Waiting[]): Answer[] => {
    const start = waiting.some(({ request }) => isWrite(request)) ? beginWrite : begin
    start?.run()
    try {
      const answers = waiting.map((each) => answerOne(store, file, each))
      commit?.run()
      return answers
    } catch (error) {
      // SQLite has already rolled back after some errors, such as a full disk.
      if (database.inTransaction) database.exec("ROLLBACK")
      throw error
    }
  }
  const alone = (each: Waiting): Answer => {
    try {
      return inTransaction([each])[0]
    } catch (error) {
      return toFailure(file, error)
    }
  }

  return (batches) => {
    const waiting = batches.flatMap(({ now, requests }) => requests.map((request) => ({ request, now })))
    try {
      return inTransaction(waiting)
    } catch (error) {
      return waiting.length === 1 ? [toFailure(file, error)] : waiting.map(alone)
    }
  }
}

function answerOne(store: Store, file: string, { request, now }: Waiting): Answer {
  try {
    return execute(store, request, now)
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) return toFailure(file, error)
    throw error
  }
}
