import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { build } from "rolldown"
import type { Bench } from "./lib/row.ts"

const goal = 200_000
const bundle = ".cache/bench/bedrock-child.js"

/** How many of Bedrock's events become ours in a second of one processor: text, thoughts and calls of tools, no network. */
export const bedrockMapping: Bench = async ({ quick }) => {
  const deltas = quick ? 20_000 : 200_000
  const answers = quick ? 3 : 7
  const output = { file: bundle, format: "esm" as const }
  await build({ input: "bench/bedrock-child.ts", platform: "node", output, logLevel: "warn" })
  const { stdout } = await promisify(execFile)(process.execPath, [bundle, String(deltas), String(answers)])
  const rate = Number(stdout)
  return [
    {
      figure: `Bedrock events mapped in a second of one processor (median of ${answers} answers of ${format(deltas)} deltas)`,
      measured: `${format(Math.round(rate / 1000) * 1000)} events/s`,
      goal: `≥ ${format(goal)} events/s`,
      reached: rate >= goal,
    },
  ]
}

const format = (count: number): string => count.toLocaleString("en")
