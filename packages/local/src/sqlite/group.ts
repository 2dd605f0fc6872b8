import type Database from "libsql"
import { type Store, execute, isWrite } from "./execute.ts"
import { toFailure } from "./failure.ts"
import type { Answer, Batch, Request } from "./message.ts"

type Waiting = { request: Request; now: number }

/**
 * Answers everything that waits, in order, with one commit. A request whose condition fails spoils nothing for the
 * others. When the disk fails, each request is tried again by itself, so that only those it concerns are refused.
 */
export function answerGroup(database: Database.Database, store: Store, file: string, batches: Batch[]): Answer[] {
  const waiting = batches.flatMap(({ now, requests }) => requests.map((request) => ({ request, now })))
  try {
    return inTransaction(database, waiting, (each) => answerOne(store, file, each))
  } catch (error) {
    if (waiting.length === 1) return [toFailure(file, error)]
    return waiting.map((each) => {
      try {
        return inTransaction(database, [each], (one) => answerOne(store, file, one))[0]
      } catch (again) {
        return toFailure(file, again)
      }
    })
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

function inTransaction(database: Database.Database, waiting: Waiting[], run: (each: Waiting) => Answer): Answer[] {
  database.exec(waiting.some(({ request }) => isWrite(request)) ? "BEGIN IMMEDIATE" : "BEGIN")
  try {
    const answers = waiting.map(run)
    database.exec("COMMIT")
    return answers
  } catch (error) {
    // SQLite has already rolled back after some errors, such as a full disk.
    if (database.inTransaction) database.exec("ROLLBACK")
    throw error
  }
}
