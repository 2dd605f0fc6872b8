/** @typedef {import("./answer.mjs").Counts} Counts */

/** How people are thought to use it. */
export const habits = { answersADay: 20, shareOfPeakHour: 0.15, secondsAnAnswer: 10, connectedAtPeak: 0.1 }

/**
 * A limit of AWS as an account gets it, and what one answer that is being written takes of it.
 * @typedef {{ name: string, limit: number, each: number, raised: string }} Quota `each`: of the limit's unit, per answer under way
 */

/** @param {Counts} counts @returns {Quota[]} */
export function quotas({ messagesIn, messagesOut, writeUnits }) {
  const { secondsAnAnswer } = habits
  const aSecond = (/** @type {number} */ amount) => amount / secondsAnAnswer
  return [
    { name: "functions at once, new account", limit: 10, each: 1, raised: "to 1,000 on request, soon after sign-up" },
    { name: "functions at once", limit: 1000, each: 1, raised: "to tens of thousands on request" },
    {
      name: "socket messages a second",
      limit: 10_000,
      each: aSecond(messagesIn + messagesOut),
      raised: "on request",
    },
    { name: "write units of the table a second", limit: 40_000, each: aSecond(writeUnits), raised: "on request" },
    // A start and an end each touch one of four partitions, in a transaction: two units each.
    { name: "write units of ACTIVE#0..3 a second", limit: 4000, each: aSecond(4), raised: "by more shards" },
  ]
}

/** Answers that are being written at once in the peak hour. @param {number} users */
export function answersAtOnce(users) {
  const { answersADay, shareOfPeakHour, secondsAnAnswer } = habits
  return (users * answersADay * shareOfPeakHour * secondsAnAnswer) / 3600
}

/** How many users a quota carries. @param {Quota} quota */
export function usersUntil({ limit, each }) {
  return Math.floor(limit / each / answersAtOnce(1))
}
