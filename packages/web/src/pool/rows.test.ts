import { describe, expect, test } from "vitest"
import type { PoolServer, PoolView } from "@omnichat/core/protocol/pool"
import { age, dollarsAnHour, sizeOf } from "./amounts.ts"
import { failureRow, serverRow, startRow, summaryOf, waitingRow } from "./rows.ts"

const at = "2026-01-01T12:00:00.000Z"
const before = (ms: number) => new Date(Date.parse(at) - ms).toISOString()
const server: PoolServer = { id: "a", address: "10.0.0.7:11434", state: "up", models: [], answers: { now: 0 } }
const view = (more: Partial<PoolView>): PoolView => ({ at, servers: [], waiting: [], ...more })

describe("all of it in a few words", () => {
  test("counts what is up, what is done and who waits, and says what it costs", () => {
    const servers: PoolServer[] = [
      { ...server, answers: { now: 3, most: 4 } },
      { ...server, id: "b", state: "draining", answers: { now: 1 } },
    ]
    const waiting = [{ position: 1, model: "qwen3", since: at, reason: "position" as const }]
    expect(summaryOf(view({ servers, waiting, scale: { running: 2, most: 4 }, dollarsPerHour: 1.74 }))).toEqual([
      "1 of 2 servers up, at most 4",
      "4 answers",
      "1 in line",
      "$1.74 an hour",
    ])
  })

  test("leaves out what is not there", () => {
    expect(summaryOf(view({ servers: [server] }))).toEqual(["1 of 1 server up"])
    expect(summaryOf(view({ scale: { running: 0, most: 4 }, dollarsPerHour: 0 }))).toEqual([
      "No server runs, at most 4",
    ])
    expect(summaryOf(view({}))).toEqual(["No server runs"])
  })
})

describe("a server", () => {
  test("says how it is, and why", () => {
    const row = (state: PoolServer["state"]) => serverRow({ ...server, state, note: "A note." })
    const states = (["up", "starting", "draining", "resting", "lost"] as const).map(row)
    expect(states.map(({ mark, state }) => `${mark} ${state}`)).toEqual([
      "good Up",
      "alive Starting",
      "none Draining",
      "bad Resting",
      "bad Lost",
    ])
    expect(states[3]?.note).toBe("A note.")
  })

  test("is called by its address as one says it", () => {
    const names = ["http://127.0.0.1:11434", "10.0.0.7:11434", "gpu-a:11434"]
    expect(names.map((address) => serverRow({ ...server, address }).name)).toEqual([
      "127.0.0.1:11434",
      "10.0.0.7:11434",
      "gpu-a:11434",
    ])
  })

  test("draws each of a few places, of many their share, and only a number where it decides itself", () => {
    const answers = (now: number, most?: number) =>
      serverRow({ ...server, answers: { now, ...(most !== undefined && { most }) } }).meters[0]
    expect(answers(3, 4)).toEqual({ label: "Answers", text: "3 of 4", places: { taken: 3, all: 4 } })
    expect(answers(5, 4)?.places).toEqual({ taken: 4, all: 4 })
    expect(answers(16, 64)).toEqual({ label: "Answers", text: "16 of 64", share: 0.25 })
    expect(answers(2)).toEqual({ label: "Answers", text: "2" })
  })

  test("shows of its GPU what is known", () => {
    const meters = (gpu: NonNullable<PoolServer["gpu"]>) => serverRow({ ...server, gpu }).meters.slice(1)
    expect(meters({ name: "L4", use: 0.874, memoryBytes: 24e9, memoryUsedBytes: 18e9 })).toEqual([
      { label: "GPU", share: 0.874, text: "87 %" },
      { label: "GPU memory", share: 0.75, text: "18 of 24 GB" },
    ])
    expect(meters({ memoryBytes: 24e9 })).toEqual([])
  })

  test("tells what is in memory, where, and with how much room for words", () => {
    const facts = (more: object) => serverRow({ ...server, models: [{ name: "qwen3", ...more }] }).models[0]?.facts
    expect(facts({})).toBe("")
    expect(facts({ bytes: 20e9, gpuBytes: 20e9, contextLength: 40_960 })).toBe("20 GB, all on the GPU, 40k context")
    expect(facts({ bytes: 10e9, gpuBytes: 4e9 })).toBe("10 GB, 40 % on the GPU")
    expect(facts({ bytes: 10e9, gpuBytes: 0 })).toBe("10 GB, not on a GPU")
  })

  test("that loads says how far it is, where that is known", () => {
    const loading = (progress?: number) =>
      serverRow({ ...server, loading: { model: "qwen3", ...(progress !== undefined && { progress }) } }).loading
    expect(loading(0.43)).toEqual({ label: "Loading qwen3", share: 0.43, text: "43 %" })
    expect(loading()).toEqual({ label: "Loading qwen3" })
  })
})

test("ages go on between two answers, by the server's own clock", () => {
  const waiting = { position: 2, model: "qwen3", since: before(40_000), reason: "starting" as const, etaMs: 100_000 }
  expect(waitingRow(waiting, at, 0)).toMatchObject({ reason: "Its server starts", time: "40 s, about 1 min 40 s more" })
  expect(waitingRow(waiting, at, 5000).time).toBe("45 s, about 1 min 35 s more")
  expect(waitingRow(waiting, at, 100_000).time).toBe("2 min 20 s, any moment")
  const scale = {
    running: 0,
    most: 2,
    starting: { since: before(30_000), etaMs: 90_000 },
    failed: { at: before(16 * 60_000), message: "No capacity." },
  }
  expect(startRow(scale, at, 0)).toEqual({ text: "30 s so far, about 1 min 30 s more", share: 0.25 })
  expect(startRow(scale, at, 30_000)).toEqual({ text: "1 min so far, about 1 min more", share: 0.5 })
  expect(failureRow(scale, at, 0)).toEqual({ text: "No capacity.", age: "16 min ago" })
  expect(failureRow({ running: 0, most: 2 }, at, 0)).toBeUndefined()
})

test("amounts are said as people say them", () => {
  expect([0, 59_000, 125_000, 11 * 60_000, 3 * 3600_000, 72 * 3600_000].map(age)).toEqual([
    "1 s",
    "59 s",
    "2 min 5 s",
    "11 min",
    "3 h",
    "3 days",
  ])
  expect([0.526, 12, 0.0042].map(dollarsAnHour)).toEqual(["$0.53 an hour", "$12.00 an hour", "$0.0042 an hour"])
  expect(sizeOf(900e6, 24e9)).toBe("900 MB of 24 GB")
})
