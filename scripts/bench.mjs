// `npm run bench`: sets up what is missing, then measures and prints the table. `npm run bench -- streams` is one row
// alone, `--quick` shortens them.
import { join } from "node:path"
import { workspaceRoot } from "./lib/files.mjs"
import { show } from "./lib/run.mjs"
import { hasChromium, installChromium } from "./setup/chromium.mjs"
import { orSayWhy, prepare, told } from "./setup/prepare.mjs"

const bundle = join(workspaceRoot, ".cache/bench/main.js")

await orSayWhy(async () => {
  await prepare()
  if (!hasChromium()) await told("Installing Chromium for the rows about the browser", installChromium)
  const { build } = await import("rolldown")
  await build({
    cwd: workspaceRoot,
    input: "bench/main.ts",
    platform: "node",
    external: [/^(?!\.|\/|bench\/)/],
    output: { file: bundle, format: "esm", sourcemap: true },
    logLevel: "warn",
  })
})
process.exitCode = await show(process.execPath, ["--enable-source-maps", bundle, ...process.argv.slice(2)], {
  cwd: workspaceRoot,
})
