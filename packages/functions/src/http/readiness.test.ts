import { StoreUnavailable } from "@omnichat/core/store/table"
import { expect, it } from "vitest"
import { memoryTable } from "../../../../tests/support/memory-table.ts"
import { createLog } from "../log.ts"
import { timers } from "../timers.ts"
import { checkReadiness } from "./readiness.ts"

const model = { id: "demo/tour", name: "Demo tour", provider: "demo", capabilities: [] }
function scene(options: { isFull?: boolean; models?: number }) {
  const lines: string[] = []
  const clock = { ...timers, now: Date.now }
  const table = memoryTable({ now: clock.now })
  const full = { ...table, put: () => Promise.reject(new StoreUnavailable("the disk is full")) }
  const ports = {
    clock,
    table: options.isFull === true ? full : table,
    log: createLog("debug", (line) => void lines.push(line)),
    models: {
      list: async () => Array.from({ length: options.models ?? 1 }, () => model),
      find: () => Promise.reject(new Error("not asked")),
    },
  }
  const check = () => checkReadiness(ports, async () => [{ provider: "ollama", state: "silent", models: [] }])
  return { check, lines }
}
const sources = [{ provider: "ollama", state: "silent" }]

it("is ready when the store takes writes and there is a model", async () => {
  expect(await scene({}).check()).toEqual({ ready: true, store: "ok", models: 1, sources })
})

it("is not ready without a model, or when nothing can be written", async () => {
  expect(await scene({ models: 0 }).check()).toMatchObject({ ready: false, store: "ok" })
  const { check, lines } = scene({ isFull: true })
  expect(await check()).toMatchObject({ ready: false, store: "failed" })
  expect(lines.join("")).toContain("the disk is full")
})
