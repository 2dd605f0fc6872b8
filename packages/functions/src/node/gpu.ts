import { execFile } from "node:child_process"
import { promisify } from "node:util"
import type { HostFacts } from "@omnichat/core/pool/agent/host"

export type GpuFacts = Pick<HostFacts, "gpu" | "gpuMemory">

const query = ["--query-gpu=name,utilization.gpu,memory.used,memory.total", "--format=csv,noheader,nounits"]
/** In milliseconds. A driver in trouble may never answer. */
const limit = 4000
const mebibyte = 1024 * 1024

/** What the driver says of this machine's GPUs, in its own words; undefined where there is no driver. */
export async function askDriver(command = "nvidia-smi"): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(command, query, { timeout: limit, killSignal: "SIGKILL" })
    return stdout
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return undefined
    throw thrown
  }
}

/** Several GPUs count as one with all their memory, which Ollama spreads a model over. */
export function readGpus(said: string): GpuFacts {
  const gpus = said.split("\n").flatMap((line) => {
    const [name = "", use, used, total] = line.split(",").map((text) => text.trim())
    return name === "" ? [] : [{ name, use: numberOf(use), used: numberOf(used), total: numberOf(total) }]
  })
  const [first] = gpus
  if (first === undefined) return {}
  const total = sum(gpus.map((gpu) => gpu.total))
  const used = sum(gpus.map((gpu) => gpu.used))
  const use = sum(gpus.map((gpu) => gpu.use))
  return {
    gpu: {
      name: gpus.length === 1 ? first.name : `${gpus.length} × ${first.name}`,
      ...(use !== undefined && { use: Math.round(use / gpus.length) / 100 }),
      ...(used !== undefined && { memoryUsedBytes: used * mebibyte }),
    },
    ...(total !== undefined && { gpuMemory: total * mebibyte }),
  }
}

/** What a GPU does not tell is `[N/A]`. */
const numberOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined

/** Undefined when one of them is not known. */
const sum = (numbers: (number | undefined)[]): number | undefined =>
  numbers.reduce((all, one) => (all === undefined || one === undefined ? undefined : all + one), 0)
