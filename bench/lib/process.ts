import { spawnSync } from "node:child_process"
import { readFileSync, readdirSync } from "node:fs"
import { availableParallelism } from "node:os"

/** Seconds of processor time that a process has used, all its threads, as Linux counts it to the nanosecond. */
export function cpuSecondsOf(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`)
  const nanoseconds = threads.map((thread) => Number(readProc(`${pid}/task/${thread}/schedstat`).split(" ")[0]))
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e9
}

/** Resident memory of a process in MB (of 1,048,576 bytes). */
export function memoryOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readProc(`${pid}/status`))?.[1]) / 1024
}

/** Seconds that one processor has worked, for whomever, to the hundredth; NaN for no processor in particular. */
export function busySecondsOf(core: number | undefined): number {
  const line = readProc("stat")
    .split("\n")
    .find((each) => each.startsWith(`cpu${core} `))
  const [user, nice, system, _idle, _wait, irq, softirq, steal] = line?.split(" ").slice(1).map(Number) ?? []
  const ticks = [user, nice, system, irq, softirq, steal].reduce<number>((sum, each) => sum + (each ?? Number.NaN), 0)
  return ticks / 100
}

const readProc = (path: string): string => readFileSync(`/proc/${path}`, "utf8")

/** Two processors to measure with, or why there are none: one for the server, one for everything else. */
export function twoCores(): { server: number; bench: number } | { missing: string } {
  const [server, bench] = allowedCores() ?? []
  if (server !== undefined && bench !== undefined) return { server, bench }
  return { missing: availableParallelism() < 2 ? "there is one processor only" : "`taskset` is missing" }
}

/** Keeps this process, all its threads, on one processor; gives the function that lets it go again. */
export function stayOn(core: number): () => void {
  const before = allowedCores()?.join(",")
  pin(String(core))
  return () => {
    if (before !== undefined) pin(before)
  }
}

/** How a program is started on one processor. */
export function onCore(core: number, command: string[]): string[] {
  return ["taskset", "-c", String(core), ...command]
}

function pin(cores: string): void {
  const done = spawnSync("taskset", ["-a", "-p", "-c", cores, String(process.pid)], { encoding: "utf8" })
  if (done.status !== 0) throw new Error(`taskset could not move this process to ${cores}: ${done.stderr}`)
}

/** The processors this process may run on; undefined without `taskset`. */
function allowedCores(): number[] | undefined {
  const said = spawnSync("taskset", ["-p", "-c", String(process.pid)], { encoding: "utf8" })
  if (said.error !== undefined || said.status !== 0) return undefined
  const list = said.stdout.slice(said.stdout.lastIndexOf(":") + 1).trim()
  return list.split(",").flatMap((range) => {
    const [first = 0, last = first] = range.split("-").map(Number)
    return Array.from({ length: last - first + 1 }, (_, at) => first + at)
  })
}
