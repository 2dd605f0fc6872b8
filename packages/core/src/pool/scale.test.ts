import { expect, test } from "vitest"
import { memoryTable } from "../store/memory.ts"
import type { CalledLine } from "./call.ts"
import type { DrivePorts } from "./ports.ts"
import { createScale } from "./scale.ts"
import type { ServerGroup } from "./scaler.ts"
import { defaultPoolSettings } from "./settings.ts"
import { readPool, reportNode } from "./store.ts"

const nobody: CalledLine = { waiting: 0, needServer: 0, longestMs: 0 }
const somebody: CalledLine = { waiting: 1, needServer: 1, longestMs: 0 }
const minutes = 60_000

function scene(group: Partial<ServerGroup> = {}) {
  let now = 1_000_000
  const clock = { now: () => now, sleep: () => Promise.resolve() }
  const table = memoryTable({ now: () => now })
  const quiet = () => {}
  const done: string[] = []
  const told: ServerGroup = { running: [], desired: 0, most: 2, ...group }
  const act = (what: string) => {
    done.push(what)
    return Promise.resolve()
  }
  const ports = {
    table,
    clock,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    settings: defaultPoolSettings,
    most: 2,
    scaler: {
      describe: () => Promise.resolve({ ...told }),
      start: (desired: number) => act(`start ${desired}`),
      stopStarting: () => act("stop starting"),
      terminate: (nodeId: string) => act(`end ${nodeId}`),
    },
  } as unknown as DrivePorts
  const scale = createScale(ports)
  return {
    table,
    told,
    done,
    later: (ms: number) => void (now += ms),
    look: async (line = nobody) => scale(await readPool(table), line),
  }
}

test("a start that fails is not tried for ever, and is said", async () => {
  const { table, told, done, later, look } = scene()
  await look(somebody)
  expect(done).toEqual(["start 1"])
  told.failed = { at: 1_000_001, message: "there is none" }
  later(10_000)
  await look(somebody)
  expect(done).toEqual(["start 1", "stop starting"])
  expect((await readPool(table)).state.failed?.message).toMatch(/No GPU server could be started: there is none/)
})

test("a machine that runs and never reports is given back, and one that reports is not", async () => {
  const { table, told, done, later, look } = scene()
  told.running.push({ nodeId: "mute", state: "running" }, { nodeId: "well", state: "running" })
  await reportNode(table, { nodeId: "well", address: "http://well" }, { healthy: true, disk: [] })
  await look()
  later(7 * minutes)
  await look()
  expect(done).toEqual([])
  later(1 * minutes)
  await look()
  expect(done).toEqual(["end mute"])
})

test("a machine that was late is forgotten as soon as it reports", async () => {
  const { table, told, done, later, look } = scene({ running: [{ nodeId: "late", state: "running" }] })
  await look()
  later(6 * minutes)
  await reportNode(table, { nodeId: "late", address: "http://late" }, { healthy: true, disk: [] })
  await look()
  later(30 * minutes)
  told.running.push({ nodeId: "other", state: "starting" })
  await look()
  expect(done.filter((what) => what !== "end late")).toEqual([])
  expect((await readPool(table)).state.silent).toEqual({})
})
