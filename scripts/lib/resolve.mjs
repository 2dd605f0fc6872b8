import { existsSync, readFileSync } from "node:fs"
import { isBuiltin } from "node:module"
import { join, posix } from "node:path"

/** @typedef {{ in: "workspace" | "npm" | "node" | "nowhere", name: string }} Target */

/**
 * What an import of the workspace means: a file by its path from the root, a package, or a module of Node.
 * @param {string} root
 * @param {string} path the file that imports
 * @param {string} from what stands in the quotes
 * @returns {Target}
 */
export function resolveImport(root, path, from) {
  const bare = from.replace(/\?.*$/, "")
  if (bare.startsWith(".")) return inWorkspace(root, posix.join(posix.dirname(path), bare))
  const own = /^@omnichat\/([^/]+)\/(.+)$/.exec(bare)
  if (own) return inWorkspace(root, `packages/${own[1]}/src/${own[2]}.ts`)
  if (isBuiltin(bare)) return { in: "node", name: bare }
  return { in: "npm", name: /^(?:@[^/]+\/)?[^/]+/.exec(bare)?.[0] ?? bare }
}

/** @param {string} root @param {string} name @returns {Target} */
function inWorkspace(root, name) {
  return { in: existsSync(join(root, name)) ? "workspace" : "nowhere", name }
}

/** The folder of the package a path belongs to; empty for the root's own. @param {string} path */
export function packageOf(path) {
  return /^packages\/[^/]+/.exec(path)?.[0] ?? ""
}

/**
 * The packages a folder's package.json names.
 * @param {string} root
 * @param {string} folder
 * @returns {{ needs: Set<string>, needsToDevelop: Set<string> }}
 */
export function dependenciesOf(root, folder) {
  const path = join(root, folder, "package.json")
  /** @type {{ dependencies?: object, devDependencies?: object }} */
  const manifest = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {}
  return {
    needs: new Set(Object.keys(manifest.dependencies ?? {})),
    needsToDevelop: new Set(Object.keys(manifest.devDependencies ?? {})),
  }
}
