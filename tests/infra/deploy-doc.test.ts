import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { workspaceRoot } from "../../scripts/lib/files.mjs"

const read = (path: string): string => readFileSync(join(workspaceRoot, path), "utf8")
const page = read("docs/aws/deploy.md")
const settings = read("infra/settings.ts") + read("infra/pool/settings.ts")

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
  const ofPool = ["pool-stuck", "pool-all-day"]
  const own = ["errors", "errors", "dead-letters", "throttles", "slow-actions"]
  expect(alarms).toEqual([...own, ...ofPool])
  for (const name of own) expect(read("infra/alarm.ts")).toMatch(new RegExp(`alarm\\(["\`]${name}`))
  for (const name of ofPool) expect(read("infra/pool/alarm.ts")).toContain(`name: "${name}"`)
  expect(read("infra/pool/zone.ts")).toContain("does not have")
})

it("docs/aws/deploy.md has every server that a pool can be of, and what it is", () => {
  const { servers } = JSON.parse(read("infra/pool/prices.json")) as {
    servers: Record<string, { gpu: string; gpuGigabytes: number; dollarsPerHour: number }>
  }
  const rows = Object.entries(servers).map(
    ([name, { gpu, gpuGigabytes, dollarsPerHour }]) =>
      `| \`${name}\` | ${gpu} | ${gpuGigabytes} | ${dollarsPerHour.toFixed(2)} |`,
  )
  expect(page.match(/^ *\| `g\d.*\|$/gm)?.map((row) => row.trim())).toEqual(rows)
})

it("docs/aws/deploy.md names the pool's units, group and disk as they are", () => {
  const setup = read("infra/pool/setup.sh")
  for (const [, unit = ""] of page.matchAll(/--unit ([\w-]+)/g)) expect(setup).toContain(`/${unit}.service`)
  expect(page).toContain("Name=attachment.device,Values=/dev/sdf")
  expect(read("infra/pool/disk.ts")).toContain('"/dev/sdf"')
  expect(read("infra/pool/environment.ts")).toContain('fullName("pool")')
})
