// Writes docs/cost.md anew: what an answer and an idle month cost on AWS.
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { costDocument, costPage } from "./cost/document.mjs"
import { readFacts } from "./cost/facts.mjs"
import { installPlatform } from "./infra/platform.mjs"
import { workspaceRoot } from "./lib/files.mjs"

await installPlatform(workspaceRoot)
writeFileSync(join(workspaceRoot, costPage), costDocument(await readFacts(workspaceRoot)))
