import { workspaceRoot } from "../../../scripts/lib/files.mjs"
import { build } from "../../../scripts/build.mjs"
import { staleParts } from "../../../scripts/setup/stamps.mjs"

/** Once for all tests on AWS, before the first: they run what is bundled, and look at the built page. */
export default async function buildWhatIsStale(): Promise<void> {
  const stale = staleParts(workspaceRoot).filter((part) => part === "functions" || part === "web")
  await build(workspaceRoot, stale)
}
