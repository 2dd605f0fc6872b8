import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { workspaceRoot } from "../../scripts/lib/files.mjs"

/** infra/ is bundled alone, and what one machine runs knows nothing of it: each has the list, and here they meet. */
const mediaTypesIn = (path: string): string | undefined =>
  /const mediaTypes: Record<string, string> = (\{[^}]+\})/.exec(readFileSync(join(workspaceRoot, path), "utf8"))?.[1]

it("files of the web build are of the same types on AWS and on one machine", () => {
  const onAws = mediaTypesIn("infra/web-file.ts")
  expect(onAws).toContain(".html")
  expect(onAws).toBe(mediaTypesIn("packages/local/src/http/web-files.ts"))
})
