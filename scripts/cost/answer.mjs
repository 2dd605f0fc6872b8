import { costOf } from "./prices.mjs"

/**
 * What one answer of 10 s and 500 deltas with one follower took, as tests/handlers counted it.
 * @typedef {object} Counts
 * @property {number} messagesIn frames from the client
 * @property {number} messagesOut posts to the client, each metered per 32 KB
 * @property {number} writeUnits
 * @property {number} readUnits
 * @property {Record<string, { calls: number, ms: number }>} functions by name; `ms` of all calls
 */

/** How long a person's connection is open for each answer, minutes. */
export const minutesAnAnswer = 3

/**
 * Dollars for a thousand such answers, without what the model costs.
 * @param {Counts} counts
 * @param {Record<string, number>} megabytes of each function
 */
export function answersCost(counts, megabytes) {
  const functions = Object.entries(counts.functions).map(([name, { calls, ms }]) => {
    const gigabytes = (megabytes[name] ?? Number.NaN) / 1024
    return costOf("call", calls) + costOf("gigabyteSecond", (ms / 1000) * gigabytes)
  })
  const parts = {
    gateway: costOf("message", counts.messagesIn + counts.messagesOut) + costOf("connection", minutesAnAnswer),
    table: costOf("write", counts.writeUnits) + costOf("read", counts.readUnits),
    functions: functions.reduce((sum, dollars) => sum + dollars, 0),
  }
  const thousand = { gateway: parts.gateway * 1000, table: parts.table * 1000, functions: parts.functions * 1000 }
  return { ...thousand, sum: thousand.gateway + thousand.table + thousand.functions }
}
