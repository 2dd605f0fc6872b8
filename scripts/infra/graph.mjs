import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { capture } from "../lib/run.mjs"
import { platformOf } from "./platform.mjs"

/**
 * One thing that would be made, as Pulumi's engine would be told of it.
 * @typedef {{ type: string, name: string, inputs: Record<string, any>, protect: boolean, retainOnDelete: boolean }} Resource
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
}
for (const name of ["authorizer", "socket", "api", "worker", "closer", "schedule"]) {
  files[\`packages/functions/dist/\${name}/index.mjs\`] = "export const handler = () => undefined"
}
for (const [path, text] of Object.entries(files)) {
  mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true })
  writeFileSync(path, text)
}
`

/**
 * What would exist on AWS after \`sst deploy --stage <stage>\`, found without AWS and in a process of its own.
 * @param {string} root the workspace, with SST's platform installed
 * @param {string} stage
 * @param {Options} [options]
 * @returns {Promise<Graph>} with the errors that would have stopped the deployment
 */
export async function graphOf(root, stage, options = {}) {
  const app = mkdtempSync(join(tmpdir(), "omnichat-infra-"))
  try {
    cpSync(join(root, "sst.config.ts"), join(app, "sst.config.ts"))
    cpSync(join(root, "infra"), join(app, "infra"), { recursive: true })
    mkdirSync(join(app, "scripts"))
    writeFileSync(join(app, "scripts/build.mjs"), buildScript)
    writeFileSync(join(app, "package.json"), '{ "type": "module" }\n')
    for (const change of options.changes ?? []) apply(app, change)
    const into = join(app, "graph.json")
    const child = join(dirname(fileURLToPath(import.meta.url)), "child.mjs")
    const { code, output } = await capture(
      process.execPath,
      [child, app, platformOf(root), join(app, ".sst"), stage, into, options.live === true ? "dev" : "deploy"],
      { cwd: app, env: { ...cleanEnvironment(), ...needed(stage), ...options.variables } },
    )
    const graph = existsSync(into) ? JSON.parse(readFileSync(into, "utf8")) : { errors: [] }
    // What waits for itself, in a circle, ends so too: without an error of its own.
    if (code !== 0 && graph.errors.length === 0) throw new Error(`the graph of ${stage} could not be made:\n${output}`)
    return graph
  } finally {
    rmSync(app, { recursive: true, force: true })
  }
}

/** Without what would let a stage differ from machine to machine. */
function cleanEnvironment() {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(?:AWS_|SST_|OMNICHAT_|PULUMI_)/.test(name)),
  )
}

/** @param {string} app @param {Change} change */
function apply(app, { file, from, to }) {
  const path = join(app, file)
  const text = readFileSync(path, "utf8")
  const changed = text.replace(from, () => to)
  if (changed === text) throw new Error(`${file} holds nothing like ${from}, so the change changes nothing`)
  writeFileSync(path, changed)
}
