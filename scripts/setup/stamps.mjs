import { createHash } from "node:crypto"
import { readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { filesUnder, isTest } from "../lib/files.mjs"

/** @typedef {"server" | "web" | "functions"} Part */

/** What each part is built into, and what it is built from. @type {Record<Part, { into: string, from: string[] }>} */
export const parts = {
  server: { into: "packages/local/dist", from: ["packages/core", "packages/functions", "packages/local"] },
  web: { into: "packages/web/dist", from: ["packages/core/src/protocol", "packages/client", "packages/web"] },
  functions: { into: "packages/functions/dist", from: ["packages/core", "packages/functions"] },
}

/** What one machine needs. @type {readonly Part[]} */
export const partsOfOneMachine = ["server", "web"]

/** The parts whose build is missing or older than their sources. @param {string} root @returns {Part[]} */
export function staleParts(root) {
  const names = /** @type {Part[]} */ (Object.keys(parts))
  return names.filter((name) => readStamp(root, name) !== fingerprint(root, name))
}

/** What a part is built from, as one hash: its sources, the lock and the way it is built. */
/** @param {string} root @param {Part} name */
export function fingerprint(root, name) {
  const hash = createHash("sha1")
  const own = parts[name].from.flatMap((folder) => filesUnder(root, folder)).filter((path) => !isTest(path))
  for (const path of [...own, "package-lock.json", "tsconfig.base.json", "scripts/build.mjs"]) {
    const bytes = readFileSync(join(root, path))
    hash.update(`${path}\0${bytes.length}\0`).update(bytes)
  }
  return hash.digest("hex")
}

/** @param {string} root @param {Part} name @param {string} stamp */
export function writeStamp(root, name, stamp) {
  writeFileSync(stampOf(root, name), stamp)
}

/** A build that ends half-way must not look whole. @param {string} root @param {Part} name */
export function removeStamp(root, name) {
  rmSync(stampOf(root, name), { force: true })
}

/** @param {string} root @param {Part} name @returns {string | undefined} */
function readStamp(root, name) {
  try {
    return readFileSync(stampOf(root, name), "utf8")
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"))
      return undefined
    throw error
  }
}

/** @param {string} root @param {Part} name */
const stampOf = (root, name) => join(root, parts[name].into, ".stamp")
