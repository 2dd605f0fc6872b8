import { execFileSync } from "node:child_process"
import { mkdirSync, renameSync } from "node:fs"
import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"

const { resolve } = createRequire(import.meta.url)
const folder = new URL("../../node_modules/.cache/omnichat/", import.meta.url)
const rolldown = fileURLToPath(new URL("../../node_modules/rolldown/bin/cli.mjs", import.meta.url))

/**
 * A source of ours as one file that Node 20 runs in a thread or a process of its own, bundled as in production. It lies
 * below node_modules, so that it finds libsql. `source` is relative to this file, or the name of a module.
 */
export function bundle(source: string, name: string): URL {
  mkdirSync(folder, { recursive: true })
  const entry = new URL(`${name}.mjs`, folder)
  // Test files run side by side: the rename is atomic, and all of them write the same.
  const fresh = fileURLToPath(new URL(`${name}-${process.pid}.mjs`, folder))
  const options = [
    "--platform",
    "node",
    "--format",
    "esm",
    "--external",
    "libsql",
    "--logLevel",
    "warn",
    "--file",
    fresh,
  ]
  execFileSync(process.execPath, [rolldown, resolve(source), ...options], { stdio: ["ignore", "ignore", "inherit"] })
  renameSync(fresh, entry)
  return entry
}
