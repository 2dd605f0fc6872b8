import { mkdirSync, renameSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { buildSync } from "esbuild"

const source = createRequire(import.meta.url).resolve("@omnichat/local/sqlite/thread")
const folder = new URL("../../node_modules/.cache/omnichat/", import.meta.url)

let built: URL | undefined

/**
 * The entry of SQLite's thread, bundled as in production (Node 20 runs no TypeScript in a worker). It lies below
 * node_modules, so that it finds libsql.
 */
export function sqliteThread(): URL {
  built ??= build()
  return built
}

function build(): URL {
  const { outputFiles } = buildSync({
    entryPoints: [source],
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    external: ["libsql"],
    write: false,
  })
  mkdirSync(folder, { recursive: true })
  const entry = new URL("sqlite-thread.mjs", folder)
  // Test files run side by side: the rename is atomic, and all of them write the same.
  const fresh = new URL(`sqlite-thread-${process.pid}.mjs`, folder)
  for (const file of outputFiles) writeFileSync(fresh, file.contents)
  renameSync(fresh, entry)
  return entry
}
