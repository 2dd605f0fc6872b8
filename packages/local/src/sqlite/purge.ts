import type Database from "libsql"

/**
 * Expired items stay this long, as on DynamoDB: conditions and writes go on seeing them, so nothing may hang on the
 * moment one is deleted.
 */
const graceSeconds = 600
const batchSize = 100

/** Deletes a few expired items; gives whether there are more. `now` is epoch milliseconds. */
export function purge(database: Database.Database, now: number): boolean {
  const { changes } = database
    .prepare("DELETE FROM item WHERE (pk, sk) IN (SELECT pk, sk FROM item WHERE expires < ? LIMIT ?)")
    .run([now / 1000 - graceSeconds, batchSize])
  return changes === batchSize
}
