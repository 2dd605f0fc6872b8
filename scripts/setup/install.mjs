import { readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { npm } from "../lib/run.mjs"

/** @typedef {{ version?: string, integrity?: string, link?: boolean, optional?: boolean }} Locked */

/**
 * Whether what is installed is what the lock asks for. npm keeps its own record of what it installed; that is newer than
 * the lock or says the same.
 * @param {string} folder
 */
export function isInstalled(folder) {
  const lock = join(folder, "package-lock.json")
  const record = join(folder, "node_modules/.package-lock.json")
  const recorded = modified(record)
  if (recorded === undefined) return false
  if (recorded >= (modified(lock) ?? 0)) return true
  const present = packagesIn(record)
  return Object.entries(packagesIn(lock)).every(([path, asked]) => {
    if (!path.startsWith("node_modules/") || asked.link) return true
    const found = present[path]
    return found === undefined ? asked.optional === true : found.integrity === asked.integrity
  })
}

/**
 * Installs exactly what the lock asks for.
 * @param {string} folder
 * @param {string[]} [options] of `npm ci`
 * @throws with npm's own words and what to do about them
 */
export async function install(folder, options = []) {
  const { code, output } = await npm(["ci", "--no-audit", "--no-fund", "--loglevel=error", ...options], folder)
  if (code === 0) return
  const said = output.trim().split("\n").slice(0, 12).join("\n")
  const advice = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ECONNRESET/.test(output)
    ? "npm could not reach its registry. Connect this machine to the network, or set npm's registry or proxy, and run the command again."
    : "Run `npm ci` to see all of it."
  throw new Error(`The dependencies could not be installed.\n${said}\n${advice}`)
}

/** @param {string} path @returns {number | undefined} epoch milliseconds */
function modified(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs
}

/** @param {string} path @returns {Record<string, Locked>} */
function packagesIn(path) {
  return JSON.parse(readFileSync(path, "utf8")).packages ?? {}
}
