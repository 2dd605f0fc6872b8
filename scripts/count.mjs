// The last line of `.ci/run`: what vitest counted, as `N passed, N failed, N skipped`. Ends with 1 when nothing passed
// or anything failed. Is given vitest's report, and how far vitest had come, for a run that did not get to its report.
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
 * A file that failed without a failed test (it could not be read, or a hook of it failed) counts as one, and so does one
 * that was not run.
 * @param {Report} report
 * @param {number} [filesNotRun]
 */
export function count(report, filesNotRun = 0) {
  const brokenFiles = report.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  )
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + brokenFiles.length + filesNotRun,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

/** @param {string} path @returns {any} undefined when it is not there */
const read = (path) => (existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined)

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , whole = "", progress = ""] = process.argv
  const soFar = read(progress)
  const report = read(whole) ?? soFar
  const nothing = { passed: 0, failed: 0, skipped: 0 }
  const { passed, failed, skipped } = report === undefined ? nothing : count(report, soFar?.filesNotRun)
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
  process.exitCode = passed > 0 && failed === 0 ? 0 : 1
}
