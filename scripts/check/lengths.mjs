import { readFileSync } from "node:fs"
import { join } from "node:path"
import { filesUnder, isTest } from "../lib/files.mjs"

/** The most lines a file may have. Longer is a sign that two things live in one room. */
const most = { source: 400, screen: 250, test: 500 }

/**
 * @param {string} root
 * @returns {string[]} what is wrong, one line each
 */
export function checkLengths(root) {
  return ["packages", "tests", "scripts", "bench", "infra"]
    .flatMap((folder) => filesUnder(root, folder))
    .filter((path) => /\.(?:ts|tsx|mjs|css)$/.test(path))
    .flatMap((path) => {
      const kind = isTest(path) || path.startsWith("tests/") ? "test" : path.endsWith(".tsx") ? "screen" : "source"
      const lines = readFileSync(join(root, path), "utf8").trimEnd().split("\n").length
      return lines > most[kind] ? [`${path} has ${lines} lines; a ${kind} has at most ${most[kind]}`] : []
    })
}
