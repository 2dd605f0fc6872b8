import { existsSync } from "node:fs"
import { join } from "node:path"
import { installPlatform } from "../infra/platform.mjs"
import { filesUnder, workspaceRoot } from "../lib/files.mjs"
import { capture } from "../lib/run.mjs"

/**
 * The compiler over the tools, the tests, the bench, what exists on AWS and every package, each with its own tsconfig.json.
 * @param {string} root
 * @returns {Promise<string[]>} what is wrong, one line each
 */
export async function checkTypes(root) {
  const projects = projectsOf(root)
  if (projects.includes("infra")) await installPlatform(root)
  const missing = projects.filter((project) => !existsSync(join(root, project, "tsconfig.json")))
  const present = projects.filter((project) => !missing.includes(project))
  const compiler = join(workspaceRoot, "node_modules/typescript/lib/tsc.js")
  const results = await Promise.all(
    present.map(async (project) => {
      const { code, output } = await capture(process.execPath, [compiler, "-p", join(root, project)], { cwd: root })
      const lines = output.split("\n").filter((line) => line.trim() !== "")
      return code !== 0 && lines.length === 0 ? [`${project}: the compiler ended with ${code} and said nothing`] : lines
    }),
  )
  // A source is read by every project that imports it, and says the same each time.
  return [
    ...new Set([...missing.map((project) => `${project} has TypeScript and no tsconfig.json`), ...results.flat()]),
  ]
}

/** @param {string} root */
function projectsOf(root) {
  const sources = filesUnder(root).filter((path) => /\.tsx?$/.test(path))
  return [
    ...new Set(sources.map((path) => /^packages\/[^/]+(?=\/)|^(?:tests|bench|infra)(?=\/)/.exec(path)?.[0] ?? ".")),
  ]
}
