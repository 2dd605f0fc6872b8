// Loaded before a function: its waits of minutes take seconds. All that is shorter stays as it is.
const { setTimeout: real } = globalThis
/** @param {(...given: unknown[]) => void} run @param {number} [ms] @param {unknown[]} rest */
const hurried = (run, ms = 0, ...rest) => real(run, ms >= 60_000 ? ms / 150 : ms, ...rest)
Object.assign(globalThis, { setTimeout: Object.assign(hurried, real) })
