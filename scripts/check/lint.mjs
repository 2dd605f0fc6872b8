import { existsSync } from "node:fs"
import { join } from "node:path"
import { installPlatform } from "../infra/platform.mjs"
import { workspaceRoot } from "../lib/files.mjs"
import { capture } from "../lib/run.mjs"

/**
 * The linter with the rules of .oxlintrc.json, those included that ask the compiler for types.
 * @param {string} root
 * @returns {Promise<string[]>} what is wrong, one line each
 */
export async function checkLint(root) {
  if (existsSync(join(root, "infra"))) await installPlatform(root)
  const linter = join(workspaceRoot, "node_modules/oxlint/bin/oxlint")
  const { code, output } = await capture(process.execPath, [linter, "--format=unix"], { cwd: root })
  const lines = output.split("\n").filter((line) => line.trim() !== "" && !/^\d+ problems?$/.test(line))
  return code !== 0 && lines.length === 0 ? [`the linter ended with ${code} and said nothing`] : code === 0 ? [] : lines
}
