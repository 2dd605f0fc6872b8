import { join } from "node:path"
import { workspaceRoot } from "../lib/files.mjs"
import { capture } from "../lib/run.mjs"
import { install, isInstalled } from "./install.mjs"
import { tooOld } from "./node-version.mjs"
import { partsOfOneMachine, staleParts } from "./stamps.mjs"

/**
 * Everything the server needs before it can start, or what else is asked for: installs and builds what is missing or
 * stale, with one calm line for each. Takes a few milliseconds when there is nothing to do.
 * @param {readonly import("./stamps.mjs").Part[]} [wanted]
 * @throws with a message for the person at the terminal
 */
export async function prepare(wanted = partsOfOneMachine) {
  await installMissing()
  const stale = staleParts(workspaceRoot).filter((name) => wanted.includes(name))
  if (stale.length > 0) await told(`Building the ${stale.join(" and the ")}`, () => buildApart(stale))
}

/** @throws with a message for the person at the terminal */
export async function installMissing() {
  const old = tooOld()
  if (old !== undefined) throw new Error(old)
  if (!isInstalled(workspaceRoot)) {
    await told("Installing what OmniChat needs (only the first time)", () => install(workspaceRoot))
  }
}

/**
 * Does some work for the person at the terminal, who gets the message and no stack when it fails; the process ends then.
 * @param {() => Promise<void>} work
 */
export async function orSayWhy(work) {
  try {
    await work()
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  }
}

/**
 * Builds in a process of its own, so that the server does not carry the builder's memory.
 * @param {string[]} names
 */
async function buildApart(names) {
  const script = join(workspaceRoot, "scripts/build.mjs")
  const { code, output } = await capture(process.execPath, [script, ...names], { cwd: workspaceRoot })
  if (code !== 0) throw new Error(`The build failed.\n${output.trim()}`)
}

/**
 * Says what is being done, and when it is done.
 * @template T
 * @param {string} what
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function told(what, work) {
  const start = performance.now()
  process.stdout.write(`${what} … `)
  try {
    const result = await work()
    process.stdout.write(`done in ${((performance.now() - start) / 1000).toFixed(1)} s\n`)
    return result
  } catch (error) {
    process.stdout.write("failed\n")
    throw error
  }
}
