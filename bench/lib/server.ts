import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { cpuSecondsOf, memoryOf, onCore } from "./process.ts"

/** The built server as a process of its own, in an empty data folder. */
export type BenchServer = {
  url: string
  /** Seconds of processor time so far, all threads. */
  cpuSeconds(): number
  /** Resident memory in MB. */
  memory(): number
}

/** Runs the server while `work` goes on, and ends it however that goes. With `core`, it has that processor alone. */
export async function withServer<T>(
  options: { ollamaUrl: string; core?: number },
  work: (server: BenchServer) => Promise<T>,
): Promise<T> {
  const command = [process.execPath, ...serverFlags(), "packages/local/dist/server.js"]
  return withProcess(options.core === undefined ? command : onCore(options.core, command), options, async (started) => {
    await answers(`${started.url}/health`, started.child, 20)
    return work(started)
  })
}

export type StartedServer = BenchServer & { child: ChildProcess }

/** Starts the command with settings that disturb nobody; `work` begins at once, before the server answers. */
export async function withProcess<T>(
  command: string[],
  { ollamaUrl }: { ollamaUrl: string },
  work: (server: StartedServer) => Promise<T>,
): Promise<T> {
  const data = mkdtempSync(join(tmpdir(), "omnichat-bench-"))
  const port = await freePort()
  const [program = "", ...rest] = command
  const { PATH, HOME } = process.env
  const child = spawn(program, rest, {
    env: {
      PATH,
      HOME,
      PORT: String(port),
      OMNICHAT_DATA: data,
      OMNICHAT_OPEN: "0",
      OLLAMA_URLS: ollamaUrl,
      LOG_LEVEL: "error",
    },
    stdio: ["ignore", "ignore", "inherit"],
  })
  const ended = new Promise((resolve) => child.once("error", resolve).once("exit", resolve))
  const pid = () => child.pid ?? 0
  try {
    return await work({
      url: `http://127.0.0.1:${port}`,
      child,
      cpuSeconds: () => cpuSecondsOf(pid()),
      memory: () => memoryOf(pid()),
    })
  } finally {
    child.kill("SIGTERM")
    await ended
    rmSync(data, { recursive: true, force: true })
  }
}

/** Resolves when the address answers 2xx, asked every few milliseconds; rejects when the process ended, or after a minute. */
export async function answers(url: string, child: ChildProcess, everyMs: number): Promise<void> {
  const giveUp = performance.now() + 60_000
  while (performance.now() < giveUp) {
    if (child.exitCode !== null) throw new Error(`the server ended with code ${child.exitCode}`)
    const answer = await fetch(url).catch(() => undefined)
    if (answer?.ok) return
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
  throw new Error(`${url} did not answer within a minute`)
}

/** `BENCH_NODE_FLAGS="--cpu-prof --cpu-prof-dir=/tmp/profiles"` shows where the server's time goes. */
function serverFlags(): string[] {
  return (process.env["BENCH_NODE_FLAGS"] ?? "").split(" ").filter((flag) => flag !== "")
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0))
    })
  })
}
