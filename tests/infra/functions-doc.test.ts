import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { bundleSizes, functionsDoc, functionsPage, functionsStage } from "../../scripts/infra/functions-doc.mjs"
import { workspaceRoot } from "../../scripts/lib/files.mjs"
import { deployed } from "./graph.ts"

it(`${functionsPage} says what is deployed`, async () => {
  const page = readFileSync(join(workspaceRoot, functionsPage), "utf8")
  const graph = await deployed(functionsStage.stage, functionsStage.options)
  const now = functionsDoc(graph, bundleSizes(workspaceRoot))
  expect(page, "run node scripts/functions-table.mjs").toBe(now)
}, 300_000)
