// `npm test`: sets up what is missing, then all checks and all tests. Arguments go to vitest: `npm test -- tests/e2e`.
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { workspaceRoot } from "./lib/files.mjs"
import { show } from "./lib/run.mjs"
import { hasChromium, installChromium } from "./setup/chromium.mjs"
import { install, isInstalled } from "./setup/install.mjs"
import { orSayWhy, prepare, told } from "./setup/prepare.mjs"

const engine = join(workspaceRoot, "tests/engine")
const node24 = join(workspaceRoot, "tests/node24")
const results = join(workspaceRoot, "artifacts/vitest.json")
const progress = join(workspaceRoot, "artifacts/progress.json")
/**
 * What a run of `.ci/run` may take is 20 minutes; at this one, in milliseconds from our start, the tests are ended, so that
 * those are counted that were run. Nobody else is in such a hurry.
 */
const deadline = process.env["CI"] === undefined ? undefined : Date.now() - performance.now() + 18.25 * 60_000
const state = existsSync(join(workspaceRoot, "node_modules")) ? "installed" : "fresh"

await orSayWhy(async () => {
  for (const path of [results, progress]) rmSync(path, { force: true })
  mkdirSync(join(workspaceRoot, "artifacts"), { recursive: true })
  await prepare(["server", "web", "functions"])
  if (existsSync(join(engine, "package-lock.json")) && !isInstalled(engine)) {
    // Its optional packages are builds for other machines, hundreds of megabytes of them.
    await told("Installing the inference engine of the tests", () => install(engine, ["--omit=optional"]))
  }
  if (!isInstalled(node24)) await told("Installing the Node of the functions' tests", () => install(node24))
  if (!hasChromium()) await told("Installing Chromium for the browser tests", installChromium)
})

const env = {
  ...process.env,
  TEST_PROGRESS: progress,
  ...(deadline !== undefined && { TEST_DEADLINE: String(Math.round(deadline)) }),
}
/** @param {string} script @param {string[]} args */
const run = (script, ...args) =>
  show(process.execPath, [join(workspaceRoot, script), ...args], { cwd: workspaceRoot, env })

const checks = await run("scripts/check.mjs")
const tests = await run(
  "node_modules/vitest/vitest.mjs",
  "run",
  "--reporter=default",
  "--reporter=json",
  "--reporter=./scripts/lib/runtimes-reporter.mjs",
  "--reporter=./scripts/lib/deadline-reporter.mjs",
  `--outputFile.json=${results}`,
  ...process.argv.slice(2),
)
console.log("\nThe clauses of docs/protocol.md and how many tests hold each (in full in artifacts/clauses.md):\n")
await run("scripts/clauses.mjs")

console.log(`\nchecks ${checks === 0 ? "passed" : "FAILED"}, tests ${tests === 0 ? "passed" : "FAILED"}`)
process.exitCode = checks === 0 && tests === 0 ? 0 : 1
if (process.exitCode === 0 && process.argv.length === 2) {
  // For `npm run bench`: what a person waited for all of it.
  writeFileSync(
    join(workspaceRoot, "artifacts/test-seconds.txt"),
    `${(performance.now() / 1000).toFixed(1)} ${state}\n`,
  )
}
