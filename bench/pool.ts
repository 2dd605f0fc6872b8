import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { build } from "rolldown"
import type { Bench } from "./lib/row.ts"

const goal = 0.2
const bundle = ".cache/bench/pool-child.js"

/** What it costs to find out where a question goes: its place in a long line, and the choice among full servers. */
export const poolChoice: Bench = async ({ quick }) => {
  const calls = quick ? 500 : 5000
  const output = { file: bundle, format: "esm" as const }
  await build({ input: "bench/pool-child.ts", platform: "node", output, logLevel: "warn" })
  const measure = async (servers: number): Promise<number> => {
    const { stdout } = await promisify(execFile)(process.execPath, [bundle, String(servers), String(calls)])
    return Number(stdout)
  }
  const rows = []
  for (const servers of [3, 50]) {
    const ms = await measure(servers)
    rows.push({
      figure: `processor time to choose among ${servers} GPU servers, with 500 in line`,
      measured: `${ms.toFixed(3)} ms`,
      goal: `≤ ${goal} ms`,
      reached: ms <= goal,
      notes: [
        `Mean of ${calls.toLocaleString("en")} questions; 40 models on each disk and 5 in memory, with 20 answers under way on every second one.`,
      ],
    })
  }
  return rows
}
