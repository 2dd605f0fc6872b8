// The last line of `.ci/run`: what vitest counted, as `N passed, N failed, N skipped`. Ends with 1 when nothing passed
// or anything failed.
import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

/**
 * @typedef {object} Report what vitest's JSON reporter writes
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {{ status: string, assertionResults: { status: string }[] }[]} testResults
 */

/**
 * A file that failed without a failed test (it could not be read, or a hook of it failed) counts as one.
 * @param {Report} report
 */
export function count(report) {
  const brokenFiles = report.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  )
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + brokenFiles.length,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const path = process.argv[2] ?? ""
  const nothing = { passed: 0, failed: 0, skipped: 0 }
  const { passed, failed, skipped } = existsSync(path) ? count(JSON.parse(readFileSync(path, "utf8"))) : nothing
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
  process.exitCode = passed > 0 && failed === 0 ? 0 : 1
}
