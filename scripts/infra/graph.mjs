import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { capture } from "../lib/run.mjs"
import { platformOf } from "./platform.mjs"

/**
 * One thing that would be made, as Pulumi's engine would be told of it.
 * @typedef {{ type: string, name: string, inputs: Record<string, any>, protect: boolean, retainOnDelete: boolean, ignoreChanges: string[] }} Resource
 * @typedef {{ stage: string, resources: Resource[], errors: string[] }} Graph
 * @typedef {{ file: string, from: string | RegExp, to: string }} Change of a source, for a test that looks for what it breaks
 * @typedef {{ variables?: Record<string, string>, changes?: Change[], live?: boolean }} Options live: as `sst dev` has it
 */

/** What a stage cannot do without. @param {string} stage @returns {Record<string, string>} */
const needed = (stage) => (stage === "production" ? { OMNICHAT_ALARM_EMAIL: "operator@example.com" } : {})

/** A build, as far as infra/ looks at one: that it is made by this script shows that a deployment builds first. */
const buildScript = `
import { mkdirSync, writeFileSync } from "node:fs"
const files = {
  "packages/web/dist/index.html": "<!doctype html>",
  "packages/web/dist/favicon.svg": "<svg/>",
  "packages/web/dist/assets/app-1a2b3c4d.js": "export {}",
  "packages/web/dist/assets/app-1a2b3c4d.js.br": "",
  "packages/web/dist/.stamp": "",
  "packages/functions/dist/node-agent/index.mjs": "console.log('agent')",
}
for (const name of ["authorizer", "socket", "api", "worker", "closer", "schedule", "pool", "pool-proxy"]) {
  files[\`packages/functions/dist/\${name}/index.mjs\`] = "export const handler = () => undefined"
}
for (const [path, text] of Object.entries(files)) {
  mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true })
  writeFileSync(path, text)
}
`

/**
 * What would exist on AWS after `sst deploy --stage <stage>`, found without AWS and in a process of its own.
 * @param {string} root the workspace, with SST's platform installed
 * @param {string} stage
 * @param {Options} [options]
 * @returns {Promise<Graph>} with the errors that would have stopped the deployment
 */
export async function graphOf(root, stage, options = {}) {
  const [graph] = await graphsOf(root, [{ ...options, stage }])
  if (graph === undefined) throw new Error(`there is no graph of ${stage}`)
  return graph
}

/**
 * Several graphs, one after the other in one process, which loads Pulumi and AWS's part of it but once. A change that
 * changes nothing is one of the errors of its graph.
 * @param {string} root the workspace, with SST's platform installed
 * @param {(Options & { stage: string })[]} wanted
 * @returns {Promise<Graph[]>} in the order of what is wanted
 */
export async function graphsOf(root, wanted) {
  const work = mkdtempSync(join(tmpdir(), "omnichat-infra-"))
  try {
    const jobs = wanted.map(({ stage, changes = [], live = false, variables = {} }, at) => {
      const app = join(work, String(at))
      const error = makeApp(root, app, changes)
      const into = join(app, "graph.json")
      return {
        app,
        into,
        stage,
        command: live ? "dev" : "deploy",
        error,
        variables: { ...needed(stage), ...variables },
      }
    })
    const list = join(work, "jobs.json")
    writeFileSync(list, JSON.stringify(jobs.filter(({ error }) => error === undefined)))
    const child = join(dirname(fileURLToPath(import.meta.url)), "child.mjs")
    const { code, output } = await capture(process.execPath, [child, platformOf(root), list], {
      cwd: work,
      env: cleanEnvironment(),
    })
    return jobs.map(({ into, stage, error }) => {
      if (error !== undefined) return { stage, resources: [], errors: [error] }
      // What waits for itself, in a circle, ends so too: without an error of its own.
      if (!existsSync(into)) throw new Error(`the graph of ${stage} could not be made (${code}):\n${output}`)
      return JSON.parse(readFileSync(into, "utf8"))
    })
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/**
 * The sources of the app, changed.
 * @param {string} root
 * @param {string} app
 * @param {Change[]} changes
 * @returns {string | undefined} what is wrong with the changes
 */
function makeApp(root, app, changes) {
  mkdirSync(join(app, "scripts"), { recursive: true })
  cpSync(join(root, "sst.config.ts"), join(app, "sst.config.ts"))
  cpSync(join(root, "infra"), join(app, "infra"), { recursive: true })
  writeFileSync(join(app, "scripts/build.mjs"), buildScript)
  writeFileSync(join(app, "package.json"), '{ "type": "module" }\n')
  for (const { file, from, to } of changes) {
    const path = join(app, file)
    const text = readFileSync(path, "utf8")
    const changed = text.replace(from, () => to)
    if (changed === text) return `${file} holds nothing like ${from}, so the change changes nothing`
    writeFileSync(path, changed)
  }
  return undefined
}

/** Without what would let a stage differ from machine to machine. */
function cleanEnvironment() {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(?:AWS_|SST_|OMNICHAT_|PULUMI_)/.test(name)),
  )
}
