import { join } from "node:path"
import { workspaceRoot } from "../lib/files.mjs"
import { capture } from "../lib/run.mjs"

/**
 * The formatter with .prettierrc.json and .prettierignore.
 * @param {string} root
 * @returns {Promise<string[]>} the files that `npm run fix` would change
 */
export async function checkFormat(root) {
  const formatter = join(workspaceRoot, "node_modules/prettier/bin/prettier.cjs")
  const { code, output } = await capture(process.execPath, [formatter, "--list-different", "."], { cwd: root })
  const lines = output.split("\n").filter((line) => line.trim() !== "")
  if (code === 0) return []
  return lines.length === 0 ? [`the formatter ended with ${code} and said nothing`] : lines
}
