import { openWebuiIssue as issue } from "./lib/peers.ts"
import type { Bench } from "./lib/row.ts"
import { answers, withProcess } from "./lib/server.ts"
import { median } from "./lib/statistics.ts"

/** How long a server is left alone before its memory is read. */
const idleMs = 10_000
/** Nobody listens there: what a machine without Ollama answers. */
const nobody = "http://127.0.0.1:9"

/** `npm start` as a user types it, from the command to the first page, and what it holds when nobody chats. */
export const startAndIdle: Bench = async ({ quick }) => {
  const tries = quick ? 2 : 5
  const seconds: number[] = []
  let memory = Number.NaN
  for (let at = 0; at < tries; at++) {
    // The script that `npm start` runs, in one process: npm's own time is not ours.
    await withProcess([process.execPath, "scripts/start.mjs"], { ollamaUrl: nobody }, async (server) => {
      const began = performance.now()
      await answers(`${server.url}/`, server.child, 5)
      seconds.push((performance.now() - began) / 1000)
      const page = await (await fetch(`${server.url}/`)).text()
      if (!page.includes('id="root"')) throw new Error(`that was not the app's page: ${page.slice(0, 200)}`)
      if (at < tries - 1) return
      await new Promise((resolve) => setTimeout(resolve, quick ? 1000 : idleMs))
      memory = server.memory()
    })
  }
  return [
    {
      figure: `\`npm start\` to the first page served, after the first build (median of ${tries})`,
      measured: `${median(seconds).toFixed(2)} s`,
      goal: "≤ 0.8 s",
      reached: median(seconds) <= 0.8,
      peers: `Open WebUI: 15–30 s (${issue}10004)`,
    },
    {
      figure: `idle memory (resident, ${quick ? 1 : idleMs / 1000} s after the start)`,
      measured: `${memory.toFixed(0)} MB`,
      goal: "≤ 110 MB",
      reached: memory <= 110,
      peers: `Open WebUI: 500 MB–1 GB (${issue}2582), 650 MB (${issue}4188)`,
    },
  ]
}
