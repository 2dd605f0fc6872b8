// `npm run fix`: what the linter can put right without changing what the code does, then the formatter.
import { join } from "node:path"
import { workspaceRoot } from "./lib/files.mjs"
import { show } from "./lib/run.mjs"

/** @param {string} script @param {string[]} args */
const run = (script, ...args) =>
  show(process.execPath, [join(workspaceRoot, "node_modules", script), ...args], { cwd: workspaceRoot })

const linted = await run("oxlint/bin/oxlint", "--fix")
const formatted = await run("prettier/bin/prettier.cjs", "--write", "--log-level=warn", ".")
process.exitCode = linted === 0 && formatted === 0 ? 0 : 1
