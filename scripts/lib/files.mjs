import { readdirSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

/** The folder of the whole workspace. */
export const workspaceRoot = fileURLToPath(new URL("../..", import.meta.url))

const passedOver = new Set(["node_modules", "dist", "artifacts", "coverage", ".git", ".cache", ".sst"])

/**
 * All files under a folder as paths from the root with `/`, in a fixed order; installed, built and hidden things are
 * left out. A folder that does not exist holds none.
 * @param {string} root
 * @param {string} [folder] from the root
 * @returns {string[]}
 */
export function filesUnder(root, folder = "") {
  /** @type {string[]} */
  const found = []
  for (const entry of entriesOf(join(root, folder))) {
    if (passedOver.has(entry.name)) continue
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`
    if (entry.isDirectory()) found.push(...filesUnder(root, path))
    else if (entry.isFile()) found.push(path)
  }
  return found
}

/** @param {string} folder */
function entriesOf(folder) {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return []
    throw error
  }
}

/** Whether a path is a unit test or serves unit tests only. @param {string} path */
export const isTest = (path) => /\.test\.tsx?$|^packages\/[^/]+\/test\/|\/testing\//.test(path)
