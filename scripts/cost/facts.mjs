import { readFileSync } from "node:fs"
import { join } from "node:path"
import { graphOf } from "../infra/graph.mjs"

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
  const { answer, sweep } = JSON.parse(readFileSync(join(root, countsFile), "utf8"))
  const graphs = { dev: await graphOf(root, "dev"), production: await graphOf(root, "production") }
  const megabytes = memoryOf(graphs.production)
  const stages = Object.entries(graphs).map(([stage, graph]) => [
    stage,
    {
      sweepsAMonth: minutes,
      sweepMs: sweep.ms,
      sweepMegabytes: memoryOf(graph)["schedule"] ?? Number.NaN,
      sweepReadUnits: sweep.readUnits,
      storedGigabytes: 0.005,
      alarms: graph.resources.filter(({ type }) => type.startsWith("aws:cloudwatch/metricAlarm:")).length,
    },
  ])
  return { counts: answer, megabytes, stages: Object.fromEntries(stages) }
}

/** Megabytes of each function. @param {Graph} graph @returns {Record<string, number>} */
function memoryOf(graph) {
  const made = graph.resources.filter(({ type }) => type.startsWith("aws:lambda/function:"))
  return Object.fromEntries(
    made.map(({ inputs }) => [String(inputs["name"]).split("-").at(-1), Number(inputs["memorySize"])]),
  )
}
