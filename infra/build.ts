import { execFileSync } from "node:child_process"
import { join } from "node:path"

/** What is deployed is what lies here, so that it is built first; what is current is left as it is. */
const script = join($cli.paths.root, "scripts/build.mjs")
execFileSync("node", [script], { cwd: $cli.paths.root, stdio: "pipe" })

/** The folder of a function's bundle. */
export const bundleOf = (name: string): string => join($cli.paths.root, "packages/functions/dist", name)

/** The folder of the web build. */
export const webBuild = join($cli.paths.root, "packages/web/dist")
