import { describe, expect, it } from "vitest"
import { createHost } from "./host.ts"

function scene() {
  let now = 0
  const asked: string[] = []
  const log: string[] = []
  const note = (event: string) => void log.push(event)
  const machine: { notice: string | undefined | Error; gpu: string | undefined | Error } = {
    notice: undefined,
    gpu: "NVIDIA A10G, 50, 1, 2\n",
  }
  const give = async (name: "notice" | "gpu", what: string) => {
    asked.push(what)
    const given = machine[name]
    if (given instanceof Error) throw given
    return given
  }
  const host = createHost({
    metadata: (path) => give("notice", path),
    askDriver: () => give("gpu", "driver"),
    clock: { now: () => now, sleep: () => Promise.resolve() },
    log: { debug: note, info: note, warn: note, error: note },
    facts: { parallel: 4, dollarsPerHour: 1.006 },
  })
  return { host, machine, asked, log, wait: (ms: number) => (now += ms) }
}
const mebibyte = 1024 * 1024
const gpu = { name: "NVIDIA A10G", use: 0.5, memoryUsedBytes: mebibyte }

describe("the machine", () => {
  it("is asked every 5 s at most", async () => {
    const { host, asked, wait } = scene()
    const facts = { parallel: 4, dollarsPerHour: 1.006, gpu, gpuMemory: 2 * mebibyte }
    expect(await host()).toEqual(facts)
    wait(4999)
    await host()
    expect(asked).toEqual(["driver", "spot/instance-action"])
    wait(1)
    expect(await host()).toEqual(facts)
    expect(asked).toHaveLength(4)
  })

  it("rule 8: says that AWS takes it back, and does not forget it", async () => {
    const { host, machine, wait, log } = scene()
    machine.notice = '{"action":"terminate","time":"2026-11-20T10:02:00Z"}'
    expect(await host()).toMatchObject({ spotNotice: true })
    machine.notice = new Error("no answer")
    wait(5000)
    expect(await host()).toMatchObject({ spotNotice: true })
    expect(log).toEqual([])
  })

  it("has its memory still when the driver fails, and is not asked for a driver that it has not", async () => {
    const { host, machine, wait, log, asked } = scene()
    await host()
    machine.gpu = new Error("GPU is lost")
    machine.notice = new Error("no answer")
    wait(5000)
    expect(await host()).toEqual({ parallel: 4, dollarsPerHour: 1.006, gpuMemory: 2 * mebibyte })
    expect(log.sort()).toEqual(["gpu-unknown", "spot-notice-unknown"])
    machine.gpu = undefined
    wait(5000)
    expect(await host()).toEqual({ parallel: 4, dollarsPerHour: 1.006 })
    wait(5000)
    await host()
    expect(asked.filter((what) => what === "driver")).toHaveLength(3)
  })
})
