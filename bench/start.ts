import { spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Row, median } from "./lib/row.ts"
import { freePort, memoryOf } from "./lib/server.ts"

const tries = 5
/** How long a server is left alone before its memory is read. */
const idleMs = 10_000

/** `npm start` as a user types it, from the command to the first page, and what it holds when nobody chats. */
export async function startAndIdle(): Promise<Row[]> {
  const seconds: number[] = []
  const memory: number[] = []
  for (let at = 0; at < tries; at++) {
    const one = await startOnce(at === tries - 1)
    seconds.push(one.seconds)
    if (one.memory !== undefined) memory.push(one.memory)
  }
  return [
    {
      figure: "`npm start` to the first page served, after the first build (median of 5)",
      measured: `${median(seconds).toFixed(2)} s`,
      goal: "≤ 0.8 s",
      reached: median(seconds) <= 0.8,
      peers: "13–30 s (reports in the trackers of Open WebUI and LibreChat)",
    },
    {
      figure: "idle memory (resident, 10 s after start)",
      measured: `${median(memory).toFixed(0)} MB`,
      goal: "≤ 110 MB",
      reached: median(memory) <= 110,
      peers: "500 MB–1 GB (same)",
    },
  ]
}

async function startOnce(wait: boolean): Promise<{ seconds: number; memory?: number }> {
  const data = mkdtempSync(join(tmpdir(), "omnichat-bench-"))
  const port = await freePort()
  const began = performance.now()
  // The script that `npm start` runs, in one process: npm's own time is not ours.
  const child = spawn(process.execPath, ["scripts/start.mjs"], {
    env: {
      ...process.env,
      PORT: String(port),
      OMNICHAT_DATA: data,
      OMNICHAT_OPEN: "0",
      OLLAMA_URLS: "http://127.0.0.1:9",
      LOG_LEVEL: "error",
    },
    stdio: ["ignore", "ignore", "inherit"],
  })
  const ended = new Promise((resolve) => child.once("exit", resolve))
  while (!(await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined))?.ok) {
    if (child.exitCode !== null) throw new Error(`the server ended with code ${child.exitCode}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  const seconds = (performance.now() - began) / 1000
  if (wait) await new Promise((resolve) => setTimeout(resolve, idleMs))
  const memory = wait ? memoryOf(child) : undefined
  child.kill("SIGTERM")
  await ended
  rmSync(data, { recursive: true, force: true })
  return { seconds, ...(memory === undefined ? {} : { memory }) }
}
