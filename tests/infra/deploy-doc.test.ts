import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { readSettings } from "../../infra/settings.ts"
import { workspaceRoot } from "../../scripts/lib/files.mjs"

const read = (path: string): string => readFileSync(join(workspaceRoot, path), "utf8")
const page = read("docs/aws/deploy.md")
const settings = ["settings", "domain", "offer", "alias", "pool/settings"]
  .map((name) => read(`infra/${name}.ts`))
  .join("")

it("docs/aws/deploy.md names every variable that a stage reads, and no other", () => {
  const named = (text: string) => [...new Set(text.match(/\bOMNICHAT_[A-Z_]+\b/g))].sort()
  expect(named(page).filter((name) => name !== "OMNICHAT_")).toEqual(named(settings))
})

it("docs/aws/deploy.md names files that are there, and messages that are said", () => {
  const files = [...page.matchAll(/`((?:infra\/|sst\.)[\w./-]+|package\.json)`/g)].map(([, path = ""]) => path)
  expect(files.length).toBeGreaterThan(2)
  expect(files.filter((path) => !existsSync(join(workspaceRoot, path)))).toEqual([])
  expect(settings).toContain("There is no stage")
  expect(settings).toContain("OMNICHAT_ALIASES: ")
  const alarms = [...page.matchAll(/alarm `([a-z-]+)(?:-…)?`/g)].map(([, name = ""]) => name)
  const ofPool = ["pool-failed", "pool-all-day"]
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

it("docs/aws/deploy.md has examples of models and aliases that a stage takes", () => {
  const variables = Object.fromEntries(
    [...page.matchAll(/^(OMNICHAT_(?:BEDROCK_MODELS|ALIASES))='?(.*?)'?$/gm)].map(([, name = "", value]) => [
      name,
      value,
    ]),
  )
  expect(Object.keys(variables)).toEqual(["OMNICHAT_BEDROCK_MODELS", "OMNICHAT_ALIASES"])
  expect(() => readSettings("dev", variables)).not.toThrow()
  const [, bytes = ""] = /room for ([\d,]+) bytes/.exec(page) ?? []
  expect(read("infra/alias.ts")).toContain(`const mostBytes = ${bytes.replace(",", "")}`)
})
