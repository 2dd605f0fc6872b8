import { readFileSync } from "node:fs"
import { join } from "node:path"
import { graphsOf } from "../infra/graph.mjs"
import { factsOfPool } from "./pool-facts.mjs"

/** @typedef {import("../infra/graph.mjs").Graph} Graph */

/**
 * What the tests counted, for one answer, for one sweep that finds nothing, for a look at the list of Bedrock's models and
 * for the pool; tests/handlers and tests/cost keep it true. Milliseconds of what AWS does itself are reckoned, not counted.
 */
export const countsFile = "scripts/cost/counted.json"

/** A month, in minutes. */
const minutes = 30 * 24 * 60

/**
 * What the page about money is made of.
 * @param {string} root the workspace, with SST's platform installed
 * @returns {Promise<import("./document.mjs").Facts>}
 */
export async function readFacts(root) {
  const { answer, sweep, models, pool } = JSON.parse(readFileSync(join(root, countsFile), "utf8"))
  const variables = { OMNICHAT_POOL: "g6.xlarge", OMNICHAT_POOL_MODELS: "qwen3:8b=5.2,gpt-oss:20b=13" }
  const made = await graphsOf(root, [{ stage: "dev" }, { stage: "production" }, { stage: "production", variables }])
  const [dev, production, withPool] = made.map((graph) => {
    if (graph.errors.length > 0) throw new Error(`${graph.stage} cannot be deployed: ${graph.errors.join("; ")}`)
    return graph
  })
  if (dev === undefined || production === undefined || withPool === undefined) throw new Error("a graph is missing")
  const graphs = { dev, production, "production with a pool": withPool }
  const megabytes = memoryOf(withPool)
  /** Of each sweep. */
  const asks = models.asksAnHour / 60
  const stages = Object.entries(graphs).map(([stage, graph]) => [
    stage,
    {
      sweepsAMonth: minutes,
      sweepMs: sweep.ms + asks * models.ms,
      sweepMegabytes: memoryOf(graph)["schedule"] ?? Number.NaN,
      sweepReadUnits: sweep.readUnits + asks * models.readUnits,
      storedGigabytes: 0.005,
      alarms: alarmMetrics(graph),
      ...(graph === withPool && { pool: idlePool(pool.idle, megabytes) }),
    },
  ])
  return {
    // The socket's function and the worker keep the list for a minute, so each answer may find them without.
    counts: { ...answer, readUnits: answer.readUnits + 2 * models.readUnits },
    megabytes,
    stages: Object.fromEntries(stages),
    pool: factsOfPool(withPool, megabytes, pool),
  }
}

/**
 * @param {{ looksAMinute: number, lookReads: number, callsAMinute: number, ms: number, readUnits: number, writeUnits: number }} counted
 * @param {Record<string, number>} megabytes
 * @returns {import("./idle.mjs").IdlePool}
 */
function idlePool({ looksAMinute, callsAMinute, ...rest }, megabytes) {
  return {
    ...rest,
    looks: looksAMinute * minutes,
    calls: callsAMinute * minutes,
    megabytes: megabytes["pool"] ?? Number.NaN,
  }
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
