import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { askDriver, readGpus } from "./gpu.ts"

const mebibyte = 1024 * 1024

describe("what the driver says", () => {
  it("is read for one GPU", () => {
    expect(readGpus("NVIDIA A10G, 37, 5120, 23028\n")).toEqual({
      gpu: { name: "NVIDIA A10G", use: 0.37, memoryUsedBytes: 5120 * mebibyte },
      gpuMemory: 23028 * mebibyte,
    })
  })

  it("is summed over several", () => {
    expect(readGpus("NVIDIA L4, 100, 1000, 23034\nNVIDIA L4, 0, 24, 23034\n")).toEqual({
      gpu: { name: "2 × NVIDIA L4", use: 0.5, memoryUsedBytes: 1024 * mebibyte },
      gpuMemory: 46068 * mebibyte,
    })
  })

  it("may leave out what a GPU does not tell, and may be nothing", () => {
    expect(readGpus("GRID, [N/A], 12, 100\n")).toEqual({
      gpu: { name: "GRID", memoryUsedBytes: 12 * mebibyte },
      gpuMemory: 100 * mebibyte,
    })
    expect(readGpus("")).toEqual({})
    expect(readGpus("No devices were found\n")).toEqual({ gpu: { name: "No devices were found" } })
  })
})

describe("asking the driver", () => {
  const folder = mkdtempSync(join(tmpdir(), "omnichat-gpu-"))
  afterAll(() => rmSync(folder, { recursive: true }))
  const program = (name: string, script: string): string => {
    const path = join(folder, name)
    writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 })
    return path
  }

  it("asks for what is read", async () => {
    const said = await askDriver(program("good", 'echo "$@"'))
    expect(said).toBe("--query-gpu=name,utilization.gpu,memory.used,memory.total --format=csv,noheader,nounits\n")
  })

  it("gives nothing where there is none, and throws where it fails", async () => {
    expect(await askDriver(join(folder, "missing"))).toBeUndefined()
    await expect(askDriver(program("bad", "exit 9"))).rejects.toMatchObject({ code: 9 })
  })
})
