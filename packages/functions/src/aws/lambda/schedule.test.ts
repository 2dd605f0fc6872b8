import type { PoolPorts } from "@omnichat/core/pool/ports"
import { claimStart, endStart, reportNode, setState, standInLine } from "@omnichat/core/pool/store"
import { expect, test } from "vitest"
import { scene } from "../../../test/scene.ts"
import { createScheduleFunction, driveEveryMinutes } from "./schedule.ts"

const minute = 60_000

/** The schedule of a stage with a pool, at the minute after one in which it drives in any case. */
function withPool() {
  const { runtime, ports } = scene()
  const round = driveEveryMinutes * minute
  const time = { now: Math.floor(Date.now() / round) * round + minute }
  const driven: number[] = []
  const table = ports.table
  const clock = { ...ports.clock, now: () => time.now }
  const pool = { table, clock, drive: async () => void driven.push(time.now) } as unknown as PoolPorts
  const run = createScheduleFunction({ ...runtime, pool })
  return {
    table,
    time,
    /** How often it drove in so many minutes. */
    async minutes(many: number): Promise<number> {
      driven.length = 0
      for (let at = 0; at < many; at++, time.now += minute) await run()
      return driven.length
    },
  }
}

test("a pool of which nothing is to be seen is driven every ten minutes only", async () => {
  const { minutes } = withPool()
  expect(await minutes(driveEveryMinutes - 1)).toBe(0)
  expect(await minutes(driveEveryMinutes)).toBe(1)
})

test("a pool with a server is driven every minute", async () => {
  const { table, minutes } = withPool()
  const report = { healthy: true } as unknown as Parameters<typeof reportNode>[2]
  await reportNode(table, { nodeId: "i-1", address: "http://10.77.1.5:11434" }, report)
  expect(await minutes(3)).toBe(3)
})

test("a pool is driven every minute while somebody stands in line", async () => {
  const { table, time, minutes } = withPool()
  const asker = { runId: "run_1", turn: 0, userId: "alice" } as Parameters<typeof standInLine>[1]
  const expiresAt = Math.floor(time.now / 1000) + 86_400
  await standInLine(table, asker, { model: "qwen3:8b", rank: 1, since: time.now, expiresAt })
  expect(await minutes(3)).toBe(3)
})

test("a pool is driven every minute while servers are being started or say nothing, and for an hour after a start has failed", async () => {
  const { table, time, minutes } = withPool()
  await claimStart(table, { at: time.now, until: time.now + 8 * minute, desired: 1 }, time.now)
  expect(await minutes(3)).toBe(3)
  await setState(table, { silent: { "i-1": time.now } })
  await endStart(table)
  expect(await minutes(2)).toBe(2)
  await setState(table, { silent: {} })
  await claimStart(table, { at: time.now, until: time.now + 8 * minute, desired: 1 }, time.now)
  await endStart(table, { at: time.now, message: "no capacity" })
  expect(await minutes(3)).toBe(3)
  time.now += 60 * minute
  expect(await minutes(driveEveryMinutes)).toBe(1)
})

test("what fails keeps nothing else from being done, and is told", async () => {
  const { runtime, ports } = scene()
  const done: string[] = []
  const failing = { ...ports, table: { ...ports.table, query: () => Promise.reject(new Error("throttled")) } }
  const list = async () => {
    done.push("models")
    return []
  }
  await expect(createScheduleFunction({ ...runtime, ports: failing }, list)()).rejects.toThrow("throttled")
  expect(done).toEqual(["models"])
})
