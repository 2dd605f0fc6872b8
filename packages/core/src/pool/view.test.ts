import { expect, it } from "vitest"
import { hastyClock } from "../../../../tests/support/manual-clock.ts"
import { keys } from "../store/keys.ts"
import { memoryTable } from "../store/memory.ts"
import type { NodeReport, PoolNode } from "./node.ts"
import { defaultPoolSettings as settings } from "./settings.ts"
import { setState, standInLine } from "./store.ts"
import { viewPool } from "./view.ts"

const quiet = () => {}
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet }
const now = hastyClock.now()

async function scene(nodes: (Partial<Omit<PoolNode, "report">> & { report?: NodeReport })[], most?: number) {
  const table = memoryTable({ now: hastyClock.now })
  for (const [at, node] of nodes.entries()) {
    const nodeId = `gpu-${at}`
    const known = { nodeId, address: `http://${nodeId}`, rev: 0, beat: 1, seen: { beat: 0, at: now } }
    await table.put({ ...keys.poolNode(nodeId), ...known, slots: {}, failures: 0, used: {}, ...node })
  }
  const wake = { notify: quiet, listen: () => quiet, isHeard: () => false }
  const ports = {
    ...{ table, clock: hastyClock, log, metrics: { count: quiet, observe: quiet }, wake, settings, sizes: new Map() },
    drive: () => Promise.resolve(),
    ...(most !== undefined && { most }),
  }
  return { table, view: () => viewPool(ports) }
}

const healthy: NodeReport = { healthy: true, disk: [{ name: "m:4b", bytes: 3e9 }], loaded: [], parallel: 2 }

it("tells how each server is, in words", async () => {
  const { view } = await scene([
    { report: healthy },
    { report: healthy, draining: { reason: "spot", at: now } },
    { report: healthy, failures: 3, restsUntil: now + 1000 },
    { report: { ...healthy, healthy: false, error: "It said 500." } },
    { report: healthy, seen: { beat: 1, at: now - settings.heardFor } },
    {},
  ])
  const { servers } = await view()
  expect(servers.map(({ state }) => state)).toEqual(["up", "draining", "resting", "lost", "lost", "starting"])
  const [, spot, resting, ill, silent] = servers.map(({ note }) => note)
  expect([spot, resting, ill]).toEqual([expect.stringMatching(/AWS/), expect.stringMatching(/3 times/), "It said 500."])
  expect(silent).toMatch(/agent/)
})

it("tells what each does, what all cost, and who waits for what", async () => {
  const slots = {
    run_1: { model: "m:4b", userId: "u", until: now + 1 },
    run_0: { model: "m:4b", userId: "u", until: 0 },
  }
  const loading = { model: "m:4b", step: "load" as const, progress: 0.4, elapsedMs: 1, etaMs: 3000 }
  const { table, view } = await scene([{ report: { ...healthy, loading, dollarsPerHour: 0.5 }, slots }], 3)
  await standInLine(
    table,
    { runId: "run_2", turn: 1, userId: "u" },
    { model: "m:4b", rank: 1, since: now, expiresAt: 9e9 },
  )
  await setState(table, { start: { at: now, until: now + 1, desired: 2 } })
  const { servers, waiting, scale, dollarsPerHour } = await view()
  expect(servers).toMatchObject([{ answers: { now: 1, most: 2 }, loading: { model: "m:4b", progress: 0.4 } }])
  expect(waiting).toMatchObject([{ position: 1, model: "m:4b", reason: "loading" }])
  expect(scale).toMatchObject({ running: 1, most: 3, starting: { etaMs: settings.startMs } })
  expect(dollarsPerHour).toBe(0.5)
})
