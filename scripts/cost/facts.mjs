import { readFileSync } from "node:fs"
import { join } from "node:path"
import { graphsOf } from "../infra/graph.mjs"
import { factsOfPool } from "./pool-facts.mjs"

/** @typedef {import("../infra/graph.mjs").Graph} Graph */

/** What the tests counted, for one answer and for one sweep that finds nothing; tests/handlers keeps it true. */
export const countsFile = "scripts/cost/counted.json"

/** A month, in minutes. */
const minutes = 30 * 24 * 60

/**
 * What the page about money is made of.
 * @param {string} root the workspace, with SST's platform installed
 * @returns {Promise<import("./document.mjs").Facts>}
 */
export async function readFacts(root) {
  const { answer, sweep, pool } = JSON.parse(readFileSync(join(root, countsFile), "utf8"))
  const variables = { OMNICHAT_POOL: "g6.xlarge", OMNICHAT_POOL_MODELS: "qwen3:8b=5.2,gpt-oss:20b=13" }
  const made = await graphsOf(root, [{ stage: "dev" }, { stage: "production" }, { stage: "production", variables }])
  const [dev, production, withPool] = made.map((graph) => {
    if (graph.errors.length > 0) throw new Error(`${graph.stage} cannot be deployed: ${graph.errors.join("; ")}`)
    return graph
  })
  if (dev === undefined || production === undefined || withPool === undefined) throw new Error("a graph is missing")
  const graphs = { dev, production, "production with a pool": withPool }
  const megabytes = memoryOf(withPool)
  const stages = Object.entries(graphs).map(([stage, graph]) => [
    stage,
    {
      sweepsAMonth: minutes,
      sweepMs: sweep.ms,
      sweepMegabytes: memoryOf(graph)["schedule"] ?? Number.NaN,
      sweepReadUnits: sweep.readUnits,
      storedGigabytes: 0.005,
      alarms: alarmMetrics(graph),
      ...(graph === withPool && { pool: idlePool(pool.idle, megabytes) }),
    },
  ])
  return {
    counts: answer,
    megabytes,
    stages: Object.fromEntries(stages),
    pool: factsOfPool(withPool, megabytes, pool),
  }
}

/**
 * @param {{ callsAMinute: number, ms: number, readUnits: number, writeUnits: number }} counted
 * @param {Record<string, number>} megabytes
 * @returns {import("./idle.mjs").IdlePool}
 */
function idlePool({ callsAMinute, ...rest }, megabytes) {
  return { ...rest, calls: callsAMinute * minutes, megabytes: megabytes["pool"] ?? Number.NaN }
}

/** Each metric of an alarm is paid. @param {Graph} graph */
function alarmMetrics(graph) {
  const alarms = graph.resources.filter(({ type }) => type.startsWith("aws:cloudwatch/metricAlarm:"))
  const metrics = alarms.flatMap(({ inputs }) => inputs["metricQueries"] ?? [{ metric: inputs["metricName"] }])
  return metrics.filter(({ metric }) => metric !== undefined).length
}

/** Megabytes of each function. @param {Graph} graph @returns {Record<string, number>} */
function memoryOf(graph) {
  const made = graph.resources.filter(({ type }) => type.startsWith("aws:lambda/function:"))
  return Object.fromEntries(
    made.map(({ inputs }) => [
      String(inputs["name"]).replace(`omnichat-${graph.stage}-`, ""),
      Number(inputs["memorySize"]),
    ]),
  )
}
