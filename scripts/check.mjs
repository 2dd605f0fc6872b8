import { parseArgs } from "node:util"
import { checkFormat } from "./check/format.mjs"
import { checkHabits } from "./check/habits.mjs"
import { checkImports } from "./check/imports.mjs"
import { checkLengths } from "./check/lengths.mjs"
import { checkLint } from "./check/lint.mjs"
import { checkTypes } from "./check/types.mjs"
import { workspaceRoot } from "./lib/files.mjs"

/** @type {Record<string, (root: string) => string[] | Promise<string[]>>} */
const checks = {
  types: checkTypes,
  lint: checkLint,
  imports: checkImports,
  habits: checkHabits,
  lengths: checkLengths,
  format: checkFormat,
}

const { values, positionals } = parseArgs({
  options: { root: { type: "string", default: workspaceRoot } },
  allowPositionals: true,
})
const unknown = positionals.filter((name) => !(name in checks))
if (unknown.length > 0) {
  console.error(`There is no check called ${unknown.join(", ")}; there are ${Object.keys(checks).join(", ")}.`)
  process.exit(2)
}

let failed = 0
for (const [name, check] of Object.entries(checks)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue
  const start = performance.now()
  const problems = await check(values.root)
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  if (problems.length === 0) {
    console.log(`✓ ${name} (${seconds} s)`)
  } else {
    failed++
    console.error(`✗ ${name} (${seconds} s)\n${problems.map((problem) => `  ${problem}`).join("\n")}`)
  }
}
if (failed > 0) process.exitCode = 1
