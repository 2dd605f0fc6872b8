import { expect, test } from "vitest"
import type { Asker } from "../model/provider.ts"
import { memoryTable } from "../store/memory.ts"
import type { NodeReport } from "./node.ts"
import { Pool } from "./pool.ts"
import { defaultPoolSettings } from "./settings.ts"
import type { PoolSettings } from "./settings.ts"
import { changeNode, markCalled, readNode, readPool, reportNode } from "./store.ts"

const report: NodeReport = {
  healthy: true,
  disk: [],
  loaded: [{ name: "a:1b" }, { name: "b:1b" }],
  parallel: 1,
}

async function scene(settings: Partial<PoolSettings> = {}) {
  const quiet = () => {}
  const clock = { now: () => 1_000_000, sleep: () => Promise.resolve() }
  const table = memoryTable(clock)
  let drives = 0
  const pool = new Pool({
    table,
    clock,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    metrics: { count: quiet, observe: quiet },
    wake: { notify: quiet, listen: () => quiet, isHeard: () => false },
    settings: { ...defaultPoolSettings, ...settings },
    sizes: new Map(),
    drive: () => Promise.resolve(void (drives += 1)),
  })
  await reportNode(table, { nodeId: "n", address: "http://n" }, report)
  return { table, pool, drives: () => drives }
}

let runs = 0
const asker = (userId = "u", rest: Partial<Asker> = {}): Asker => {
  runs += 1
  return { runId: `run_${String(runs).padStart(26, "0")}`, turn: 1, userId, ...rest }
}

test("one user cannot fill the line for the others", async () => {
  const { pool, drives } = await scene({ mostWaitingEach: 2, mostWaiting: 4 })
  expect(await pool.admit(asker(), "a:1b")).toMatchObject({ nodeId: "n" })
  for (let at = 0; at < 2; at += 1) expect(await pool.admit(asker("greedy"), "a:1b")).toBeUndefined()
  await expect(pool.admit(asker("greedy"), "a:1b")).rejects.toMatchObject({
    code: "model_unavailable",
    message: expect.stringContaining("2 of your questions wait") as string,
    retryAfterMs: 60_000,
  })
  for (let at = 0; at < 2; at += 1) expect(await pool.admit(asker("other"), "a:1b")).toBeUndefined()
  await expect(pool.admit(asker("third"), "a:1b")).rejects.toThrow("4 others wait")
  expect(drives()).toBe(4)
})

test("who stands in line already may come again, however long it is", async () => {
  const { pool } = await scene({ mostWaitingEach: 1 })
  await pool.admit(asker(), "a:1b")
  const waiting = asker("patient")
  expect(await pool.admit(waiting, "a:1b")).toBeUndefined()
  expect(await pool.admit({ ...waiting, turn: 2 }, "a:1b")).toBeUndefined()
})

test("a place, or a reason, that is of another model is not taken for this one's", async () => {
  const { table, pool } = await scene()
  await pool.admit(asker(), "a:1b")
  await pool.admit(asker(), "b:1b")
  const both = asker("both")
  expect(await pool.admit(both, "b:1b")).toBeUndefined()
  const { waiting } = await readPool(table)
  const [entry] = waiting
  if (entry === undefined) throw new Error("nobody stands in line")
  await markCalled(table, entry, { at: 1_000_000, failed: "b is broken" })
  expect(await pool.admit(both, "a:1b")).toBeUndefined()

  const node = await readNode(table, "n")
  if (node === undefined) throw new Error("there is no node")
  const slot = { model: "b:1b", userId: "both", until: 2_000_000, reserved: true as const }
  await changeNode(table, node, { slots: { ...node.slots, [both.runId]: slot } })
  expect(await pool.admit(both, "a:1b")).toBeUndefined()
  expect(await pool.admit(both, "b:1b")).toMatchObject({ model: "b:1b" })
})

test("who would rather not wait is told so at once, and may wait without a limit later", async () => {
  const { table, pool } = await scene()
  await pool.admit(asker(), "a:1b")
  const hurried = asker("hurried", { waitAtMost: 100 })
  await expect(pool.admit(hurried, "a:1b")).rejects.toThrow("would be longer than")
  const { waitAtMost: _limit, ...patient } = hurried
  expect(await pool.admit({ ...hurried, waitAtMost: 3_600_000 }, "a:1b")).toBeUndefined()
  expect(await pool.admit(patient, "a:1b")).toBeUndefined()
  expect((await readPool(table)).waiting.find(({ userId }) => userId === "hurried")?.waitAtMost).toBeUndefined()
})
