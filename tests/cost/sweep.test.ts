import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { RunPorts } from "@omnichat/core/run/ports"
import { defaultRunSettings } from "@omnichat/core/run/settings"
import { sweep } from "@omnichat/core/run/sweep"
import type { Table } from "@omnichat/core/store/table"
import { expect, it } from "vitest"
import { countsFile } from "../../scripts/cost/facts.mjs"
import { workspaceRoot } from "../../scripts/lib/files.mjs"
import { memoryTable } from "@omnichat/core/store/memory"

it("a sweep that finds nothing reads what docs/cost.md reckons with, and writes nothing", async () => {
  let readUnits = 0
  const inner = memoryTable({ now: () => 0 })
  const nothingElse = () => Promise.reject(new Error("an empty sweep asks for lists only"))
  const table: Table = {
    get: nothingElse,
    put: nothingElse,
    update: nothingElse,
    delete: nothingElse,
    batchGet: nothingElse,
    batchWrite: nothingElse,
    transact: nothingElse,
    query(query) {
      // An empty answer is paid like 4 KB, and half of that where it may be late.
      readUnits += query.consistent === true ? 1 : 0.5
      return inner.query(query)
    },
  }
  const silent = () => {}
  await sweep({
    table,
    clock: { now: () => 0 },
    log: { debug: silent, info: silent, warn: silent, error: silent },
    runSettings: defaultRunSettings,
  } as unknown as RunPorts)
  const counted: { sweep: { readUnits: number } } = JSON.parse(readFileSync(join(workspaceRoot, countsFile), "utf8"))
  expect(readUnits).toBe(counted.sweep.readUnits)
})
