import { readFileSync } from "node:fs"
import { join } from "node:path"
import { beforeAll, describe, expect, it } from "vitest"
import { answersCost } from "../../scripts/cost/answer.mjs"
import { costDocument, costPage } from "../../scripts/cost/document.mjs"
import { readFacts } from "../../scripts/cost/facts.mjs"
import { idleCost } from "../../scripts/cost/idle.mjs"
import { eveningOf, hourOf, startOf } from "../../scripts/cost/pool.mjs"
import { installPlatform } from "../../scripts/infra/platform.mjs"
import { workspaceRoot } from "../../scripts/lib/files.mjs"

describe("what it costs on AWS", () => {
  let facts: Awaited<ReturnType<typeof readFacts>>
  beforeAll(async () => {
    await installPlatform(workspaceRoot)
    facts = await readFacts(workspaceRoot)
  }, 300_000)

  it(`is what ${costPage} says`, () => {
    const page = readFileSync(join(workspaceRoot, costPage), "utf8")
    expect(page, "run node scripts/cost-table.mjs").toBe(costDocument(facts))
    console.log(page.slice(0, page.indexOf("## What gives way first")))
  })

  it("is at most $0.30 for a thousand answers, without the model", () => {
    expect(answersCost(facts.counts, facts.megabytes).sum).toBeLessThanOrEqual(0.3)
  })

  it("is cents for a month in which nobody comes, on every stage", () => {
    expect(Object.keys(facts.stages)).toEqual(["dev", "production", "production with a pool"])
    for (const [name, stage] of Object.entries(facts.stages)) {
      const cents = name.includes("pool") ? { listed: 11, paid: 4 } : { listed: 10, paid: 2 }
      expect(idleCost(stage).sum * 100).toBeLessThan(cents.listed)
      expect(idleCost(stage).withFreeTier * 100).toBeLessThan(cents.paid)
    }
  })

  it("is for a server of the pool what its functions are told", () => {
    expect(hourOf(facts.pool, false).sum).toBeCloseTo(facts.pool.dollarsPerHour, 4)
    expect(hourOf(facts.pool, true).sum).toBeLessThan(hourOf(facts.pool, false).sum * 0.6)
    expect(startOf(facts.pool, false).waited).toBeLessThan(0.05)
    expect(eveningOf(facts.pool, false, 4)).toBeLessThan(4)
  })
})
