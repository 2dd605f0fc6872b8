import { answersCost, minutesAnAnswer } from "./answer.mjs"
import { idleCost } from "./idle.mjs"
import { money, table } from "./markdown.mjs"
import { poolSection } from "./pool-document.mjs"
import { prices } from "./prices.mjs"
import { answersAtOnce, habits, quotas, usersUntil } from "./scale.mjs"

/** The page that is made here, from the workspace's folder. */
export const costPage = "docs/cost.md"

/**
 * @typedef {object} Facts
 * @property {import("./answer.mjs").Counts} counts
 * @property {Record<string, number>} megabytes memory of each function
 * @property {Record<string, import("./idle.mjs").Idle>} stages what each stage does while nobody comes
 * @property {import("./pool.mjs").PoolFacts} pool
 */

/** The page about money. @param {Facts} facts */
export function costDocument({ counts, megabytes, stages, pool }) {
  const answers = answersCost(counts, megabytes)
  const idle = Object.entries(stages).map(([name, stage]) => ({ name, ...idleCost(stage) }))
  const [first] = idle
  return `# What it costs on AWS

Made by \`node scripts/cost-table.mjs\` from counts and list prices; a test keeps it so. What the models cost comes on top,
and is the largest part wherever they are not your own.

## A thousand answers

An answer of 10 s, 500 deltas and one follower takes ${counts.messagesIn + counts.messagesOut} messages on the socket, ${counts.writeUnits} write units, ${counts.readUnits} read
units, and ${Object.entries(counts.functions)
    .map(([name, { calls, ms }]) => `${calls} × ${name} (${ms} ms)`)
    .join(", ")}. Of the connection, ${minutesAnAnswer} minutes are reckoned to each answer.

${table([
  ["part", "dollars for 1,000"],
  ["---", "---"],
  ["socket: messages and minutes", money(answers.gateway)],
  ["table: writes and reads", money(answers.table)],
  ["functions: calls and time", money(answers.functions)],
  ["**together**", `**${money(answers.sum)}**`],
])}

An answer that nobody watches needs hardly any messages and about a tenth of the writes.

## A month in which nobody comes

${table([
  ["", ...idle.map(({ name }) => name)],
  ["---", ...idle.map(() => "---")],
  ...Object.keys(first?.parts ?? {}).map((part) => [
    part,
    ...idle.map(({ parts }) => money(parts[/** @type {keyof typeof parts} */ (part)])),
  ]),
  ["together, at list prices", ...idle.map(({ sum }) => money(sum))],
  ["**with what stays free in every account**", ...idle.map(({ withFreeTier }) => `**${money(withFreeTier)}**`)],
  [
    "more, if the account has used up its ten free alarms",
    ...idle.map(({ alarmsElsewhere }) => money(alarmsElsewhere)),
  ],
])}

At most four times an hour the sweep also asks which models Bedrock has, which is free but for the time, and in the table
above; to offer them costs nothing while nobody asks one.

What is kept is paid by size: chats at $0.25 a GB-month (the first 25 GB are free) and $0.20 for their point-in-time copies, files
at $0.023. \`tests/infra/idle.ts\` names every kind of thing that a stage has, and what it costs while nobody comes; a kind
without a line fails the test.

## A pool of GPUs

${poolSection(pool)}
## What gives way first

Reckoned with ${habits.answersADay} answers a user and day, ${habits.shareOfPeakHour * 100} % of them in the busiest hour, ${habits.secondsAnAnswer} s each.

${table([
  ["users", "answers at once, busiest hour", "over the limit as an account gets it"],
  ["---", "---", "---"],
  ...[10, 10_000, 1_000_000].map((users) => [
    users.toLocaleString("en"),
    answersAtOnce(users) < 1 ? "less than 1" : Math.round(answersAtOnce(users)).toLocaleString("en"),
    quotas(counts)
      .filter((quota) => usersUntil(quota) < users)
      .map(({ name }) => name)
      .join(", ") || "nothing",
  ]),
])}

${table([
  ["limit", "as an account gets it", "users until then", "raised"],
  ["---", "---", "---", "---"],
  ...quotas(counts)
    .map((quota) => ({ ...quota, users: usersUntil(quota) }))
    .sort((a, b) => a.users - b.users)
    .map(({ name, limit, users, raised }) => [name, limit.toLocaleString("en"), users.toLocaleString("en"), raised]),
])}

Functions that run at once go first: each answer that is being written holds one. The model's own quota (tokens a minute) is lower than
all of these for most accounts; Bedrock's console shows and raises it. New connections are taken at 500 a second, so after a
break of the network a million users are back within half an hour; clients spread their attempts.

## Prices

${table([
  ["what", "dollars", "for", "source"],
  ["---", "---", "---", "---"],
  ...Object.values(prices).map(({ dollars, per, of, page, read }) => [
    of,
    String(dollars),
    per.toLocaleString("en"),
    `${page} (us-east-1, ${read})`,
  ]),
])}
`
}
