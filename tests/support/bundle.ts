import { mkdirSync, renameSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { buildSync } from "esbuild"

const { resolve } = createRequire(import.meta.url)
const folder = new URL("../../node_modules/.cache/omnichat/", import.meta.url)

/**
 * A source of ours as one file that Node 20 runs in a thread or a process of its own, bundled as in production. It lies
 * below node_modules, so that it finds libsql. `source` is relative to this file, or the name of a module.
 */
export function bundle(source: string, name: string): URL {
  const { outputFiles } = buildSync({
    entryPoints: [resolve(source)],
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    external: ["libsql"],
    write: false,
  })
  mkdirSync(folder, { recursive: true })
  const entry = new URL(`${name}.mjs`, folder)
  // Test files run side by side: the rename is atomic, and all of them write the same.
  const fresh = new URL(`${name}-${process.pid}.mjs`, folder)
  for (const file of outputFiles) writeFileSync(fresh, file.contents)
  renameSync(fresh, entry)
  return entry
}
