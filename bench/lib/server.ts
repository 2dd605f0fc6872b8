import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** The built server as a process of its own, in an empty data folder. */
export type BenchServer = {
  url: string
  /** Seconds of processor time so far, all threads. */
  cpuSeconds(): number
  /** Resident memory in MB. */
  memory(): number
  stop(): Promise<void>
}

export const bundle = "packages/local/dist/server.js"

/** With `core`, the process runs on that processor alone. */
export async function startBenchServer(options: {
  ollamaUrl: string
  core?: number
  dataFolder?: string
}): Promise<BenchServer> {
  const data = options.dataFolder ?? mkdtempSync(join(tmpdir(), "omnichat-bench-"))
  const port = await freePort()
  const command = [process.execPath, process.env.BENCH_SERVER ?? bundle]
  if (options.core !== undefined) command.unshift("taskset", "-c", String(options.core))
  const [program = "", ...rest] = command
  const child = spawn(program, rest, {
    env: {
      ...process.env,
      PORT: String(port),
      OMNICHAT_DATA: data,
      OMNICHAT_OPEN: "0",
      OLLAMA_URLS: options.ollamaUrl,
      LOG_LEVEL: "error",
    },
    stdio: ["ignore", "ignore", "inherit"],
  })
  const url = `http://127.0.0.1:${port}`
  await waitForHealth(url, child)
  return {
    url,
    cpuSeconds: () => cpuSecondsOf(child),
    memory: () => memoryOf(child),
    async stop() {
      const ended = new Promise((resolve) => child.once("exit", resolve))
      child.kill("SIGTERM")
      await ended
      if (options.dataFolder === undefined) rmSync(data, { recursive: true, force: true })
    },
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0))
    })
  })
}

/** Resolves when `/health` answers 200; rejects when the process ends first or a minute has passed. */
export async function waitForHealth(url: string, child: ChildProcess): Promise<void> {
  const giveUp = performance.now() + 60_000
  while (performance.now() < giveUp) {
    if (child.exitCode !== null) throw new Error(`the server ended with code ${child.exitCode}`)
    const answer = await fetch(`${url}/health`).catch(() => undefined)
    if (answer?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`${url}/health did not answer within a minute`)
}

const ticksPerSecond = 100

export function cpuSecondsOf(child: ChildProcess): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ")
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

export function memoryOf(child: ChildProcess): number {
  const status = readFileSync(`/proc/${child.pid}/status`, "utf8")
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024
}
