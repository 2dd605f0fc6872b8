import { readFileSync, rmSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { pathToFileURL } from "node:url"

let count = 0

/**
 * Loads `sst.config.ts` with all of infra/ as SST's program does: what its files take for global is imported into each.
 * @param {{ root: string, platform: string, work: string, stage: string, command: string }} options the folders of the
 *   app, of SST's platform and where SST may write; the stage; deploy or dev
 */
export async function loadConfig({ root, platform, work, stage, command }) {
  const app = await readApp(root, platform, stage)
  const { build } = createRequire(join(platform, "package.json"))("esbuild")
  // Here, because this is where its imports are found.
  const outfile = join(platform, `config-${process.pid}-${(count += 1)}.mjs`)
  const paths = { home: work, root, platform, work }
  await build({
    stdin: {
      contents: `export { default as config } from ${quote(join(root, "sst.config.ts"))}
        export { run } from ${quote(join(platform, "src/auto/run.ts"))}`,
      resolveDir: platform,
    },
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "esnext",
    logLevel: "silent",
    define: {
      $app: JSON.stringify(app),
      $cli: JSON.stringify({ command, dev: command === "dev", paths, state: { version: {} } }),
      $dev: String(command === "dev"),
    },
    inject: [join(platform, "src/shim/run.js")],
    external: ["@pulumi/*", "@pulumiverse/*", "@aws-sdk/*", "undici", "esbuild", "archiver", "glob", "vite"],
    banner: {
      js: "import { createRequire as toRequire } from 'node:module'; const require = toRequire(import.meta.url);",
    },
    plugins: [withGlobals(platform)],
  })
  try {
    const { config, run } = await import(pathToFileURL(outfile).href)
    return { app, program: config.run, run }
  } finally {
    rmSync(outfile, { force: true })
  }
}

/** What `app()` says of this stage. @param {string} root @param {string} platform @param {string} stage */
async function readApp(root, platform, stage) {
  const { transform } = createRequire(join(platform, "package.json"))("esbuild")
  const text = readFileSync(join(root, "sst.config.ts"), "utf8")
  const { code } = await transform(text, { loader: "ts", format: "esm" })
  const alone = `const $config = (config) => config\n${code}`
  const { default: config } = await import(`data:text/javascript,${encodeURIComponent(alone)}`)
  return { removal: "retain", protect: false, providers: {}, ...(await config.app({ stage })), stage }
}

/** @param {string} platform */
function withGlobals(platform) {
  const head = `import * as aws from "@pulumi/aws"; import * as sst from ${quote(join(platform, "src/components/index.ts"))}; `
  return {
    name: "globals",
    /** @param {{ onLoad: (filter: { filter: RegExp }, load: (file: { path: string }) => object | undefined) => void }} build */
    setup(build) {
      build.onLoad({ filter: /\.ts$/ }, ({ path }) =>
        path.startsWith(platform) ? undefined : { contents: head + readFileSync(path, "utf8"), loader: "ts" },
      )
    },
  }
}

/** @param {string} text */
const quote = (text) => JSON.stringify(text)
