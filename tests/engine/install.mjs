import { spawnSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

/** Installs the engine beside this file, unless the very versions of package.json are there. */
const here = fileURLToPath(new URL(".", import.meta.url))
/** @type {Record<string, string>} */
const wanted = JSON.parse(readFileSync(`${here}package.json`, "utf8")).dependencies

/** @param {string} name */
function versionOf(name) {
  const path = `${here}node_modules/${name}/package.json`
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).version : undefined
}

if (Object.entries(wanted).some(([name, version]) => versionOf(name) !== version)) {
  // Optional packages are builds for other machines and graphics cards, hundreds of megabytes of them.
  const command = ["ci", "--omit=optional", "--ignore-scripts"]
  const { status, error } = spawnSync("npm", command, { cwd: here, stdio: ["ignore", "inherit", "inherit"] })
  if (error) throw error
  process.exitCode = status ?? 1
}
