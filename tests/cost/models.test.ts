import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { BedrockModel } from "@omnichat/core/provider/bedrock/model"
import { memoryTable } from "@omnichat/core/store/memory"
import type { Table } from "@omnichat/core/store/table"
import { createModelSharing, sharedModels } from "@omnichat/functions/aws/shared-models"
import { expect, it } from "vitest"
import { countsFile } from "../../scripts/cost/facts.mjs"
import { workspaceRoot } from "../../scripts/lib/files.mjs"

type Counted = { models: { asksAnHour: number; readUnits: number } }
const { models } = JSON.parse(readFileSync(join(workspaceRoot, countsFile), "utf8")) as Counted

/** More than any region has. */
const hundred: BedrockModel[] = Array.from({ length: 100 }, (_, at) => ({
  id: `us.anthropic.claude-sonnet-4-5-202509${at}-v1:0`,
  name: `Claude Sonnet 4.5 of 202509${at}`,
  capabilities: ["images", "tools", "reasoning"],
  maxOutputTokens: 64_000,
  contextLength: 1_000_000,
}))

it("the list of models is asked for, read and written as docs/cost.md reckons with", async () => {
  let now = 1_000_000
  const used = { asks: 0, readUnits: [] as number[], writes: 0 }
  const inner = memoryTable({ now: () => now })
  const table: Table = {
    ...inner,
    async get(key, options) {
      const item = await inner.get(key, options)
      const { models: list = "" } = (item ?? {}) as { models?: string }
      const blocks = Math.ceil(Buffer.byteLength(list) / 4096)
      used.readUnits.push(options?.consistent === true ? blocks : blocks / 2)
      return item
    },
    update(...change) {
      used.writes += 1
      return inner.update(...change)
    },
  }
  const clock = { now: () => now, sleep: () => Promise.resolve() }
  const share = createModelSharing({ table, clock }, async () => {
    used.asks += 1
    return hundred
  })
  for (let minutes = 0; minutes < 60; minutes++, now += 60_000) await share()
  expect(used.asks).toBe(models.asksAnHour)
  expect(await sharedModels(table, clock)()).toHaveLength(100)
  expect(Math.max(...used.readUnits)).toBe(models.readUnits)
  // What did not change is not written again, so that the first time is the only one.
  expect(used.writes).toBe(1)
})
