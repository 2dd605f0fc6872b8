// Runs sst.config.ts as for a deployment, with Pulumi's mocks in the place of AWS, and writes what would be made as JSON.
// Started by graph.mjs with the folder of SST's platform and the file that lists what is wanted.
import crypto from "node:crypto"
import { once } from "node:events"
import { readFileSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { createRequire } from "node:module"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { loadConfig } from "./bundle.mjs"
import { answerOf, outputsOf, programAnswer } from "./mocks.mjs"

/**
 * An app's folder, the file for its graph, and what a deployment would be told.
 * @typedef {{ app: string, into: string, stage: string, command: string, variables: Record<string, string> }} Job
 */

const [platform = "", list = ""] = process.argv.slice(2)
const pulumi = createRequire(join(platform, "package.json"))("@pulumi/pulumi")
// Pulumi writes down a stack for every promise, which takes a quarter of the time; an error is told by its message.
Error.stackTraceLimit = 0
// Names in AWS end in something random: here it is always the same.
const { randomBytes } = crypto
Object.assign(crypto, {
  randomBytes: (/** @type {number} */ size) => (size === 8 ? Buffer.alloc(8, 1) : randomBytes(size)),
})

/** @type {import("./graph.mjs").Resource[]} */
let resources = []
/** @type {Set<string>} */
let errors = new Set()
/** @param {unknown} thrown */
const fail = (thrown) => void errors.add(thrown instanceof Error ? thrown.message : String(thrown))
process.on("unhandledRejection", fail)
process.on("uncaughtException", fail)

/** @type {Job[]} */
const jobs = JSON.parse(readFileSync(list, "utf8"))
const variables = { ...process.env, SST_SERVER: await serveProgram() }
/** @type {Job | undefined} */
let job
// Nothing is left to wait for, so the graph is whole.
process.on("beforeExit", () => {
  if (job !== undefined) writeFileSync(job.into, JSON.stringify({ stage: job.stage, resources, errors: [...errors] }))
  job = jobs.shift()
  if (job === undefined) process.exit(0)
  resources = []
  errors = new Set()
  make(job).catch(fail)
})

/** As if nothing had been made before: with a Pulumi that knows of nothing, and no variables but its own. */
/** @param {Job} job */
async function make({ app: root, stage, command, variables: own }) {
  Object.assign(globalThis, { globalStore: undefined })
  for (const name of Object.keys(process.env)) delete process.env[name]
  Object.assign(process.env, variables, own)
  process.chdir(root)
  const { app, program, run } = await loadConfig({ root, platform, work: join(root, ".sst"), stage, command })
  await pulumi.runtime.setMocks(
    {
      /** @param {{ type: string, name: string, inputs: object, id?: string }} made */
      newResource: ({ type, name, inputs, id }) => ({
        id: id || `${name}-id`,
        state: { ...inputs, ...outputsOf(type, name, inputs, id) },
      }),
      /** @param {{ token: string, inputs: object }} asked */
      call: ({ token, inputs }) => answerOf(token, inputs),
    },
    app.name,
    stage,
    false,
  )
  keepWhatIsRegistered(pulumi.runtime.getMonitor())
  await pulumi.runtime.runInPulumiStack(() => run(program))
}

/** SST's own program, which its components ask over HTTP. */
async function serveProgram() {
  const server = createServer((request, response) => {
    response.setHeader("connection", "close")
    text(request)
      .then((asked) => {
        const { method, params } = JSON.parse(asked)
        return { result: programAnswer(method, Array.isArray(params) ? params[0] : params) }
      })
      .catch((thrown) => ({ error: thrown instanceof Error ? thrown.message : String(thrown) }))
      .then((answer) => response.end(JSON.stringify(answer)))
      .catch(fail)
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  server.unref()
  const address = server.address()
  if (address === null || typeof address === "string") throw new Error("the server has no port")
  return `http://127.0.0.1:${address.port}`
}

/** Mocks are not told the options of a resource; the engine is. @param {any} monitor */
function keepWhatIsRegistered(monitor) {
  const register = monitor.registerResource.bind(monitor)
  monitor.registerResource = (/** @type {any} */ request, /** @type {unknown[]} */ ...rest) => {
    resources.push({
      type: request.getType(),
      name: request.getName(),
      inputs: plain(pulumi.runtime.deserializeProperties(request.getObject())),
      protect: request.getProtect() === true,
      retainOnDelete: request.getRetainondelete() === true,
      ignoreChanges: request.getIgnorechangesList(),
    })
    return register(request, ...rest)
  }
}

/** Without Pulumi's wrapping of secrets and files. @param {any} value @returns {any} */
function plain(value) {
  if (pulumi.runtime.isRpcSecret(value)) return plain(pulumi.runtime.unwrapRpcSecret(value))
  if (Array.isArray(value)) return value.map(plain)
  if (value === null || typeof value !== "object") return value
  if (pulumi.asset.Asset.isInstance(value) || pulumi.asset.Archive.isInstance(value)) return { path: value.path }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]))
}
