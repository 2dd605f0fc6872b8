import { readFileSync } from "node:fs"
import { join } from "node:path"
import { defaultAgentSettings } from "@omnichat/core/pool/agent/settings"
import { createDrive } from "@omnichat/core/pool/drive"
import type { DrivePorts } from "@omnichat/core/pool/ports"
import { defaultPoolSettings } from "@omnichat/core/pool/settings"
import { memoryTable } from "@omnichat/core/store/memory"
import type { Table } from "@omnichat/core/store/table"
import { expect, it } from "vitest"
import { countsFile } from "../../scripts/cost/facts.mjs"
import type { PoolCounts } from "../../scripts/cost/pool.mjs"
import { workspaceRoot } from "../../scripts/lib/files.mjs"

type Counted = PoolCounts & { idle: { readUnits: number; writeUnits: number } }
const { pool } = JSON.parse(readFileSync(join(workspaceRoot, countsFile), "utf8")) as { pool: Counted }

it("the pool looks and reports as often as docs/cost.md reckons with", () => {
  expect(pool.looksASecond).toBe(1000 / defaultPoolSettings.lookEvery)
  expect(pool.reportsASecond).toBe(1000 / defaultAgentSettings.beatEvery)
})

it("a look at a pool in which nothing is takes no more than docs/cost.md reckons with", async () => {
  const used = { readUnits: 0, writeUnits: 0 }
  const inner = memoryTable({ now: () => 0 })
  const table: Table = {
    ...inner,
    query(query) {
      used.readUnits += query.consistent === true ? 1 : 0.5
      return inner.query(query)
    },
    update(...change) {
      used.writeUnits += 1
      return inner.update(...change)
    },
  }
  const silent = () => {}
  const { drive } = createDrive({
    table,
    clock: { now: () => 0 },
    log: { debug: silent, info: silent, warn: silent, error: silent },
    wake: { listen: () => silent },
    settings: defaultPoolSettings,
    sizes: new Map(),
    runs: { table },
    most: 1,
    scaler: { describe: () => Promise.reject(new Error("nobody asks EC2 for a pool that is not there")) },
  } as unknown as DrivePorts)
  expect(await drive()).toBe("idle")
  expect(used.readUnits).toBeGreaterThan(0)
  expect(used.readUnits).toBeLessThanOrEqual(pool.idle.readUnits)
  expect(used.writeUnits).toBeLessThanOrEqual(pool.idle.writeUnits)
})
