import { bundle } from "./bundle.ts"

let built: URL | undefined

/** The entry of SQLite's thread. */
export function sqliteThread(): URL {
  built ??= bundle("@omnichat/local/sqlite/thread", "sqlite-thread")
  return built
}
