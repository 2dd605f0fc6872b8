import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readSync, statSync } from "node:fs"
import { dirname, join } from "node:path"
import { StoreUnavailable } from "@omnichat/core/store/table"
import Database from "libsql"
import { unavailable } from "./failure.ts"
import { migrate } from "./migrate.ts"

export type OpenDatabase = { database: Database.Database; close(): void }

/**
 * Opens the file, made if it is missing (folder 0700, file 0600), for this process alone. Throws StoreUnavailable, and
 * leaves a file that is damaged or of a newer version as it is.
 */
export function openDatabase(file: string): OpenDatabase {
  const open: Database.Database[] = []
  const close = () => open.splice(0).forEach((each) => each.close())
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    open.push(lock(dirname(file)))
    closeSync(openSync(file, "a+", 0o600))
    checkFile(file)
    const database = new Database(file)
    open.unshift(database)
    migrateFirst(database, file)
    return { database, close }
  } catch (error) {
    close()
    throw unavailable(file, error)
  }
}

function migrateFirst(database: Database.Database, file: string): void {
  // A reading statement first: a damaged file is found before anything is written to it.
  database.prepare("SELECT count(*) FROM sqlite_schema").get()
  migrate(database, file)
  database.exec(`
    PRAGMA busy_timeout = 1000;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA cache_size = -16000;
    PRAGMA wal_autocheckpoint = 16000;
    PRAGMA journal_size_limit = 67108864;
  `)
}

/** One process a folder. The lock is the operating system's: it ends with the process, however that ends. */
function lock(folder: string): Database.Database {
  const path = join(folder, "omnichat.lock")
  // Nothing else may open this file: a process that closes it again loses its lock, as POSIX has it.
  const database = new Database(path)
  try {
    chmodSync(path, 0o600)
    database.exec("PRAGMA journal_mode = OFF; BEGIN EXCLUSIVE")
    return database
  } catch (cause) {
    database.close()
    if (!(cause instanceof Error && "code" in cause && cause.code === "SQLITE_BUSY")) throw cause
    throw new StoreUnavailable(
      `The data folder ${folder} is in use by another OmniChat that is still running. Stop that one first, or choose ` +
        "another folder with OMNICHAT_DATA.",
      { cause },
    )
  }
}

/** Damage that SQLite would repair silently or see too late: no header, or pages missing at the end. */
function checkFile(file: string): void {
  const { size } = statSync(file)
  if (size === 0) return
  const header = Buffer.alloc(100)
  const descriptor = openSync(file, "r")
  const read = readSync(descriptor, header, 0, 100, 0)
  closeSync(descriptor)
  const isDatabase = read === 100 && header.toString("latin1", 0, 16) === "SQLite format 3\0"
  const pageSize = header.readUInt16BE(16) === 1 ? 65536 : header.readUInt16BE(16)
  const hasLog = existsSync(`${file}-wal`) && statSync(`${file}-wal`).size > 0
  const isShort = !hasLog && size < pageSize * header.readUInt32BE(28)
  if (isDatabase && !isShort) return
  throw Object.assign(new Error(isDatabase ? "pages are missing" : "no SQLite header"), { code: "SQLITE_CORRUPT" })
}
