import { readFileSync } from "node:fs"
import { join } from "node:path"
import { defaultAgentSettings } from "@omnichat/core/pool/agent/settings"
import { createDrive } from "@omnichat/core/pool/drive"
import type { DrivePorts } from "@omnichat/core/pool/ports"
import { defaultPoolSettings } from "@omnichat/core/pool/settings"
import { memoryTable } from "@omnichat/core/store/memory"
import type { Table } from "@omnichat/core/store/table"
import { createScheduleFunction } from "@omnichat/functions/aws/lambda/schedule"
import type { Runtime } from "@omnichat/functions/aws/runtime"
import { defaultRunSettings } from "@omnichat/core/run/settings"
import { expect, it } from "vitest"
import { countsFile } from "../../scripts/cost/facts.mjs"
import type { PoolCounts } from "../../scripts/cost/pool.mjs"
import { workspaceRoot } from "../../scripts/lib/files.mjs"

type Counted = PoolCounts & {
  idle: { looksAMinute: number; lookReads: number; callsAMinute: number; readUnits: number; writeUnits: number }
}
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
    scaler: { describe: () => Promise.resolve({ desired: 0, running: [] }) },
  } as unknown as DrivePorts)
  expect(await drive()).toBe("idle")
  expect(used.readUnits).toBeGreaterThan(0)
  expect(used.readUnits).toBeLessThanOrEqual(pool.idle.readUnits)
  expect(used.writeUnits).toBeLessThanOrEqual(pool.idle.writeUnits)
})

it("an hour in which nothing of the pool is there has as many looks and calls as docs/cost.md reckons with", async () => {
  const used = { calls: 0, reads: 0 }
  let now = 1_000_000
  const nothingElse = () => Promise.reject(new Error("the schedule only looks"))
  const inner = memoryTable({ now: () => now })
  const ofPool = {
    ...inner,
    update: nothingElse,
    query(query: Parameters<Table["query"]>[0]) {
      used.reads += query.consistent === true ? 1 : 0.5
      return inner.query(query)
    },
  }
  const silent = () => {}
  const log = { debug: silent, info: silent, warn: silent, error: silent }
  const clock = { now: () => now }
  const run = createScheduleFunction({
    ports: { table: inner, clock, log, runSettings: defaultRunSettings },
    pool: { table: ofPool, clock, drive: async () => void used.calls++ },
    settled: () => Promise.resolve(),
  } as unknown as Runtime)
  for (let minutes = 0; minutes < 60; minutes++, now += 60_000) await run()
  const { looksAMinute, lookReads, callsAMinute } = pool.idle
  expect(used).toEqual({ calls: 60 * callsAMinute, reads: 60 * looksAMinute * lookReads })
})
