// `npm run check`: types, lint, imports, habits, lengths and format; `npm run check -- lint` is one of them alone.
import { parseArgs } from "node:util"
import { workspaceRoot } from "./lib/files.mjs"
import { installMissing, orSayWhy } from "./setup/prepare.mjs"

await orSayWhy(installMissing)
/** @type {Record<string, (root: string) => string[] | Promise<string[]>>} */
const checks = {
  types: (await import("./check/types.mjs")).checkTypes,
  lint: (await import("./check/lint.mjs")).checkLint,
  imports: (await import("./check/imports.mjs")).checkImports,
  habits: (await import("./check/habits.mjs")).checkHabits,
  lengths: (await import("./check/lengths.mjs")).checkLengths,
  format: (await import("./check/format.mjs")).checkFormat,
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
