import { workspaceRoot } from "../../../scripts/lib/files.mjs"
import { build } from "../../../scripts/build.mjs"
import { staleParts } from "../../../scripts/setup/stamps.mjs"

/** Once for all tests on AWS, before the first: they run what is bundled. */
export default async function buildFunctions(): Promise<void> {
  if (staleParts(workspaceRoot).includes("functions")) await build(workspaceRoot, ["functions"])
}
