/**
 * Who may import whom. Arrows point one way: web → client → core/protocol, functions → core, local → functions and
 * core; nothing → web. The first layer whose `files` match a path is its layer.
 *
 * @typedef {object} Layer
 * @property {string} name
 * @property {RegExp} files
 * @property {RegExp[]} may what of the workspace may be imported, by path; its own package is not implied
 * @property {RegExp[]} [mayLoad] what may be imported only when it is needed, by `import()`
 * @property {RegExp} npm the packages that may be imported, of those its package.json declares
 * @property {boolean} node whether Node's own modules may be imported
 */

const none = /^$/
const any = /./
const notAws = /^(?!@aws-sdk\/|@smithy\/|@aws-crypto\/|aws-)/

const protocol = /^packages\/core\/src\/protocol\//
const core = /^packages\/core\/src\//
const client = /^packages\/client\/src\//
const handlers = /^packages\/functions\/src\/(?:http|socket|worker|schedule)\//
const shared = /^packages\/functions\/src\/[^/]+$/
const functions = /^packages\/functions\/src\//
const local = /^packages\/local\/src\//
const web = /^packages\/web\/src\//
const webBuild = /^packages\/web\/[^/]+$/
const tests = /^tests\//
const scripts = /^scripts\//
const bench = /^bench\//
/** The one file of infra/ that runs without SST. */
const stageSettings = /^infra\/settings\.ts$/
/** A package's `test/` is seen by its tests only. */
const within = (/** @type {string} */ name) => new RegExp(`^packages/${name}/(?:src|test)/`)

/** @type {Layer[]} */
export const layers = [
  { name: "core/protocol", files: protocol, may: [protocol], npm: /^(?:valibot|ulid)$/, node: false },
  { name: "core", files: within("core"), may: [core], npm: /^(?:valibot|ulid|@noble\/hashes)$/, node: false },
  { name: "client", files: within("client"), may: [client, protocol], npm: none, node: false },
  { name: "functions", files: handlers, may: [handlers, shared, core], npm: notAws, node: true },
  { name: "functions", files: shared, may: [handlers, shared, core], npm: notAws, node: true },
  { name: "functions/aws", files: within("functions"), may: [functions, core], npm: any, node: true },
  {
    name: "local",
    files: within("local"),
    may: [local, handlers, shared, core],
    mayLoad: [/^packages\/functions\/src\/aws\/bedrock\b/],
    npm: notAws,
    node: true,
  },
  { name: "web", files: within("web"), may: [web, client, protocol], npm: any, node: false },
  { name: "the web build", files: webBuild, may: [webBuild], npm: any, node: true },
  { name: "bench", files: bench, may: [bench, tests, core, client, functions, local, scripts], npm: any, node: true },
  {
    name: "tests",
    files: tests,
    may: [tests, core, client, functions, local, scripts, stageSettings],
    npm: any,
    node: true,
  },
]

/** What a package's tests may import beside what its layer may; of npm, all that the workspace has. */
export const forTests = { workspace: /^tests\/support\/|^packages\/[^/]+\/test\// }
