/** Says at the end of vitest's run what the scenarios of docs/protocol.md came to on each runtime, by its name. */
export default class RuntimesReporter {
  /** @param {readonly import("vitest/node").TestModule[]} modules */
  onTestRunEnd(modules) {
    const lines = scenariosByRuntime(
      modules.filter(({ relativeModuleId }) => relativeModuleId.startsWith("tests/scenarios/")),
    )
    if (lines.length > 0) console.log(["", "The scenarios of docs/protocol.md on each runtime:", ...lines].join("\n"))
  }
}

/** @param {readonly import("vitest/node").TestModule[]} modules @returns {string[]} */
function scenariosByRuntime(modules) {
  const runtimes = [...new Set(modules.map(({ project }) => project.name))].sort()
  return runtimes.map((name) => {
    const states = modules
      .filter(({ project }) => project.name === name)
      .flatMap(({ children }) => [...children.allTests()].map((test) => test.result().state))
    const count = (/** @type {string} */ state) => states.filter((each) => each === state).length
    return `  ${name}: ${count("passed")} passed, ${count("failed")} failed, ${count("skipped")} of the other runtime only`
  })
}
