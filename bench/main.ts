import { mkdirSync, writeFileSync } from "node:fs"
import { availableParallelism, cpus, loadavg } from "node:os"
import { parseArgs } from "node:util"
import { bedrockMapping } from "./bedrock.ts"
import { bytesToOneTab } from "./bytes.ts"
import { firstLoad } from "./first-load.ts"
import { firstToken } from "./first-token.ts"
import type { Bench, BenchOptions, Row } from "./lib/row.ts"
import { asMarkdown } from "./lib/table.ts"
import { longHistory } from "./lists.ts"
import { longAnswer } from "./long-answer.ts"
import { mainThread } from "./main-thread.ts"
import { poolChoice } from "./pool.ts"
import { startAndIdle } from "./start.ts"
import { concurrentStreams } from "./streams.ts"
import { testTime } from "./test-time.ts"

/** In the order of the table. */
const benches: Record<string, Bench> = {
  "first-load": firstLoad,
  start: startAndIdle,
  "first-token": firstToken,
  "long-answer": longAnswer,
  bytes: bytesToOneTab,
  streams: concurrentStreams,
  lists: longHistory,
  bedrock: bedrockMapping,
  pool: poolChoice,
  "main-thread": mainThread,
  "test-time": testTime,
}

/** These have the machine to themselves: they count milliseconds. */
const alone = ["start", "first-token", "streams"]
/** Takes six minutes of one event each 48 ms, which the rows it runs beside do not notice. */
const beside = "bytes"

/** One line for each row, or why there is none. */
type Result = { rows: Row[]; failed?: string }

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { quick: { type: "boolean", default: false } },
    allowPositionals: true,
  })
  const unknown = positionals.filter((name) => !(name in benches))
  if (unknown.length > 0) {
    console.error(`There is no row called ${unknown.join(", ")}; there are ${Object.keys(benches).join(", ")}.`)
    process.exit(2)
  }
  const asked = Object.keys(benches).filter((name) => positionals.length === 0 || positionals.includes(name))
  const header = headerOf(values)
  const results = await measure(asked, values)
  const rows = asked.flatMap((name) => results.get(name)?.rows ?? [])
  const text = `${header}\n\n${asMarkdown(rows)}\n`
  process.stdout.write(`\n${text}`)
  // A row that was asked for by name is no table of all of them.
  if (positionals.length === 0) {
    mkdirSync("artifacts", { recursive: true })
    writeFileSync("artifacts/bench.md", text)
    writeFileSync("artifacts/bench.json", `${JSON.stringify({ header, quick: values.quick, rows }, null, 2)}\n`)
  }
  if ([...results.values()].some(({ failed }) => failed !== undefined)) process.exitCode = 1
}

/** One after the other, but for the one that takes long and little. */
async function measure(asked: string[], options: BenchOptions): Promise<Map<string, Result>> {
  const results = new Map<string, Result>()
  const run = async (name: string): Promise<void> => {
    const began = performance.now()
    const result = await attempt(name, options)
    results.set(name, result)
    const seconds = ((performance.now() - began) / 1000).toFixed(0)
    process.stderr.write(`${name}: ${result.failed ?? "done"} (${seconds} s)\n`)
  }
  for (const name of asked.filter((each) => alone.includes(each))) await run(name)
  const long = asked.includes(beside) ? run(beside) : undefined
  for (const name of asked.filter((each) => !alone.includes(each) && each !== beside)) await run(name)
  await long
  return results
}

async function attempt(name: string, options: BenchOptions): Promise<Result> {
  try {
    return { rows: (await benches[name]?.(options)) ?? [] }
  } catch (error) {
    const failed = error instanceof Error ? error.message : String(error)
    return { rows: [{ figure: name, measured: `failed: ${failed}`, goal: "", reached: false }], failed }
  }
}

/** What it was measured on: a figure without its machine says little. */
function headerOf({ quick }: BenchOptions): string {
  const processor = cpus()[0]?.model.trim() ?? "unknown processor"
  const load = loadavg()[0]?.toFixed(1)
  const machine = `${availableParallelism()} × ${processor}, ${process.platform}, Node ${process.versions.node}`
  const shortened = quick ? " **Shortened (--quick): rough figures.**" : ""
  return `Measured ${new Date().toISOString().slice(0, 10)} on ${machine}; load of the machine before it: ${load}.${shortened}`
}

await main()
