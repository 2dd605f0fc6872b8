import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { workspaceRoot } from "../../scripts/lib/files.mjs"

const read = (path: string): string => readFileSync(join(workspaceRoot, path), "utf8")
const page = read("docs/aws/deploy.md")
const settings = read("infra/settings.ts")

it("docs/aws/deploy.md names every variable that a stage reads, and no other", () => {
  const named = (text: string) => [...new Set(text.match(/\bOMNICHAT_[A-Z_]+\b/g))].sort()
  expect(named(page).filter((name) => name !== "OMNICHAT_")).toEqual(named(settings))
})

it("docs/aws/deploy.md names files that are there, and messages that are said", () => {
  const files = [...page.matchAll(/`((?:infra\/|sst\.)[\w./-]+|package\.json)`/g)].map(([, path = ""]) => path)
  expect(files.length).toBeGreaterThan(3)
  expect(files.filter((path) => !existsSync(join(workspaceRoot, path)))).toEqual([])
  expect(settings).toContain("There is no stage")
  expect(read("infra/model.ts")).toContain("Bedrock has no inference profile for the region")
  const alarms = [...page.matchAll(/alarm `([a-z-]+)(?:-…)?`/g)].map(([, name = ""]) => name)
  expect(alarms).toEqual(["errors", "dead-letters", "throttles", "slow-actions"])
  for (const name of alarms) expect(read("infra/alarm.ts")).toMatch(new RegExp(`alarm\\(["\`]${name}`))
})
