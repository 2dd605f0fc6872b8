import { writeFileSync } from "node:fs"

/**
 * How far vitest has come, in the words of its JSON report, so that a run that does not come to its end is counted too.
 * Kept up to date in the file that TEST_PROGRESS names. At TEST_DEADLINE (epoch milliseconds) the run is ended in order: the tests
 * under way are skipped, and so are the others.
 */
export default class DeadlineReporter {
  #progress = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, filesNotRun: 0 }
  /** @type {NodeJS.Timeout | undefined} */
  #timer
  #isCut = false

  /** @param {import("vitest/node").Vitest} vitest */
  onInit(vitest) {
    const deadline = Number(process.env["TEST_DEADLINE"])
    if (!(deadline > 0)) return
    // Again and again, for a run that has not begun yet cannot be ended.
    this.#timer = setInterval(() => {
      if (Date.now() < deadline) return
      this.#isCut = true
      vitest.cancelCurrentRun("keyboard-input").catch((thrown) => console.error("The run could not be ended:", thrown))
    }, 1000)
  }

  /** @param {readonly unknown[]} specifications */
  onTestRunStart(specifications) {
    this.#progress.filesNotRun = specifications.length
    this.#keep()
  }

  /** @param {import("vitest/node").TestModule} module */
  onTestModuleEnd(module) {
    this.#progress.filesNotRun -= 1
    const states = [...module.children.allTests()].map((test) => test.result().state)
    const count = (/** @type {string} */ state) => states.filter((each) => each === state).length
    // A file that fails by itself has no failed test.
    this.#progress.numFailedTests += count("failed") || Number(module.state() === "failed")
    this.#progress.numPassedTests += count("passed")
    this.#progress.numPendingTests += count("skipped") + count("pending")
    this.#keep()
  }

  onTestRunEnd() {
    clearInterval(this.#timer)
    if (!this.#isCut) return
    process.exitCode = 1
    console.error(
      `\nThe tests took too long and were ended: ${this.#progress.filesNotRun} files were not run, or not to their ends.`,
    )
  }

  #keep() {
    const path = process.env["TEST_PROGRESS"]
    if (path !== undefined) writeFileSync(path, JSON.stringify({ ...this.#progress, testResults: [] }))
  }
}
