import { StoreUnavailable } from "@omnichat/core/store/table"
import type Database from "libsql"

/**
 * The schema, one step a version: `user_version` of a file says how many it has had. A step that was released is never
 * changed again.
 */
const migrations = [
  `CREATE TABLE item (
     pk TEXT NOT NULL, sk TEXT NOT NULL, json TEXT NOT NULL, expires REAL, gsi1pk TEXT, gsi1sk TEXT,
     PRIMARY KEY (pk, sk)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX item_gsi1 ON item (pk, gsi1pk, gsi1sk, sk) WHERE gsi1pk IS NOT NULL AND gsi1sk IS NOT NULL;`,
  "CREATE INDEX item_expires ON item (expires) WHERE expires IS NOT NULL;",
]

export const schemaVersion = migrations.length

/** Brings an older file up to date in one transaction. Throws StoreUnavailable for a newer one, which is left as it is. */
export function migrate(database: Database.Database, file: string): void {
  const version = versionOf(database)
  if (version > schemaVersion) {
    throw new StoreUnavailable(
      `${file} was written by a newer OmniChat: it has schema version ${version}, and this one knows versions up to ` +
        `${schemaVersion}. It was left as it is. Start the newer OmniChat, or choose another folder with OMNICHAT_DATA.`,
    )
  }
  if (version === schemaVersion) return
  const steps = migrations.slice(version).join("\n")
  try {
    database.exec(`BEGIN IMMEDIATE;\n${steps}\nPRAGMA user_version = ${schemaVersion};\nCOMMIT`)
  } catch (error) {
    if (database.inTransaction) database.exec("ROLLBACK")
    throw error
  }
}

function versionOf(database: Database.Database): number {
  const row = database.prepare("SELECT user_version FROM pragma_user_version").raw().get()
  const version: unknown = Array.isArray(row) ? row[0] : undefined
  if (typeof version !== "number") throw new Error("SQLite tells no user_version")
  return version
}
