import { rmSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { workspaceRoot } from "./lib/files.mjs"
import { fingerprint, parts, removeStamp, staleParts, writeStamp } from "./setup/stamps.mjs"

/** @typedef {import("./setup/stamps.mjs").Part} Part */

/**
 * How the server is bundled: one file, and one for SQLite's thread, and what is loaded late. Only what has native code stays outside: hundreds of
 * small files fewer to find at each start, and less memory.
 * @param {string} root
 * @returns {import("rolldown").BuildOptions & { output: import("rolldown").OutputOptions }}
 */
export function serverBundle(root) {
  return {
    cwd: root,
    input: { server: "packages/local/src/main.ts", "sqlite-thread": "packages/local/src/sqlite/thread.ts" },
    platform: "node",
    external: ["libsql"],
    // Of the other form nothing can be left out or loaded late: AWS's clients are their own chunks, for those who need them.
    resolve: { mainFields: ["module", "main"] },
    output: {
      dir: join(root, parts.server.into),
      format: "esm",
      entryFileNames: "[name].js",
      chunkFileNames: "[name]-[hash].js",
      sourcemap: true,
      // The positions are enough for a stack; the sources would stay in memory.
      sourcemapExcludeSources: true,
    },
  }
}

/** The Lambda functions; each is one file, and carries only what it needs. */
export const functionNames = /** @type {const} */ ([
  "authorizer",
  "socket",
  "api",
  "worker",
  "closer",
  "schedule",
  "pool",
  "pool-proxy",
])

/**
 * How a Lambda function is bundled, with AWS's clients in it, so that their versions are ours.
 * @param {string} root
 * @param {string} name
 * @returns {import("rolldown").BuildOptions & { output: import("rolldown").OutputOptions }}
 */
export function functionBundle(root, name) {
  return {
    cwd: root,
    input: { index: `packages/functions/src/entry/${name}.ts` },
    platform: "node",
    transform: { target: "node24" },
    resolve: {
      // Of the other form, which Node would take, nothing can be left out.
      mainFields: ["module", "main"],
      // A function's role comes in its environment: no profiles, no sign-in, no metadata service.
      alias: {
        "@aws-sdk/credential-provider-node": join(root, "packages/functions/src/aws/environment-credentials.ts"),
      },
    },
    output: {
      dir: join(root, parts.functions.into, name),
      format: "esm",
      entryFileNames: "[name].mjs",
      codeSplitting: false,
      minify: true,
    },
  }
}

/**
 * The program on a GPU server: one file too, for the Node that is put there.
 * @param {string} root
 * @returns {import("rolldown").BuildOptions & { output: import("rolldown").OutputOptions }}
 */
export function agentBundle(root) {
  return { ...functionBundle(root, "node-agent"), input: { index: "packages/functions/src/node/main.ts" } }
}

/** @type {Record<Part, (root: string) => Promise<void>>} */
const builders = {
  async server(root) {
    const { build } = await import("rolldown")
    rmSync(join(root, parts.server.into), { recursive: true, force: true })
    await build({ ...serverBundle(root), logLevel: "warn" })
  },
  async functions(root) {
    const { build } = await import("rolldown")
    rmSync(join(root, parts.functions.into), { recursive: true, force: true })
    for (const name of functionNames) await build({ ...functionBundle(root, name), logLevel: "warn" })
    await build({ ...agentBundle(root), logLevel: "warn" })
  },
  async web(root) {
    const { build } = await import("vite")
    const before = process.env["NODE_ENV"]
    // Whoever builds, tests too, builds what is delivered.
    process.env["NODE_ENV"] = "production"
    try {
      await build({ root: join(root, "packages/web"), logLevel: "warn" })
    } finally {
      if (before === undefined) delete process.env["NODE_ENV"]
      else process.env["NODE_ENV"] = before
    }
  },
}

/**
 * Builds these parts, whether they are stale or not.
 * @param {string} root
 * @param {Part[]} names
 */
export async function build(root, names) {
  for (const name of names) {
    // Taken before the build: what changes meanwhile is built next time.
    const stamp = fingerprint(root, name)
    removeStamp(root, name)
    await builders[name](root)
    writeStamp(root, name, stamp)
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({
    options: { force: { type: "boolean", default: false } },
    allowPositionals: true,
  })
  const all = /** @type {Part[]} */ (Object.keys(parts))
  const asked = all.filter((name) => positionals.length === 0 || positionals.includes(name))
  const stale = values.force ? all : staleParts(workspaceRoot)
  await build(
    workspaceRoot,
    asked.filter((name) => stale.includes(name)),
  )
}
