// Writes docs/aws/functions.md anew: what is deployed, as a table.
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { workspaceRoot } from "./lib/files.mjs"
import { bundleSizes, functionsDoc, functionsPage, functionsStage } from "./infra/functions-doc.mjs"
import { graphOf } from "./infra/graph.mjs"
import { installPlatform } from "./infra/platform.mjs"

await installPlatform(workspaceRoot)
const page = join(workspaceRoot, functionsPage)
const graph = await graphOf(workspaceRoot, functionsStage.stage, functionsStage.options)
const text = functionsDoc(graph, bundleSizes(workspaceRoot))
mkdirSync(dirname(page), { recursive: true })
writeFileSync(page, text)
