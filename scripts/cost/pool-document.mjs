import { money, table } from "./markdown.mjs"
import { driveOf, eveningOf, hourOf, proxyOf, snapshotGigabytes, snapshotOf, startOf } from "./pool.mjs"
import { poolPrices } from "./prices.mjs"

const hours = 4

/** The part of the page that is about the pool. @param {import("./pool.mjs").PoolFacts} facts */
export function poolSection(facts) {
  const [demand, spot] = [hourOf(facts, false), hourOf(facts, true)]
  const [start, spotStart] = [startOf(facts, false), startOf(facts, true)]
  const parts = /** @type {(keyof typeof demand.parts)[]} */ (Object.keys(demand.parts))
  return `A pool is off unless a stage asks for it ([how](aws/deploy.md#models-of-your-own-on-gpus)). While no server runs nothing of it
waits at a price: no disk, no address, no gateway. The sweep looks once a minute whether there is anything of it, and has it
driven every ten minutes in any case, which is its part of the table above. Here with one ${facts.server} and ${facts.gigabytes} GB of
models. Spot is reckoned with ${poolPrices.spotShare * 100} % of the list price; what it is now, the EC2 console says.

${table([
  ["an hour in which a server runs", "on demand", "Spot"],
  ["---", "---", "---"],
  ...parts.map((part) => [part, money(demand.parts[part]), money(spot.parts[part])]),
  ["**a server**", `**${money(demand.sum)}**`, `**${money(spot.sum)}**`],
  ["driving the line, the server's reports, at most", money(driveOf(facts)), money(driveOf(facts))],
])}

${table([
  ["", "on demand", "Spot"],
  ["---", "---", "---"],
  [`a start: ${facts.startSeconds} s until it can be asked`, money(start.waited), money(spotStart.waited)],
  [
    `and with a snapshot of ${snapshotGigabytes(facts)} GB, read at its highest rate`,
    money(start.snapshot),
    money(spotStart.snapshot),
  ],
  [
    `an evening: somebody asks for ${hours} hours; with the start, and ${facts.idleMinutes} minutes until it ends`,
    money(eveningOf(facts, false, hours)),
    money(eveningOf(facts, true, hours)),
  ],
  ["1,000 answers of 10 s through the proxy", money(proxyOf(facts)), money(proxyOf(facts))],
])}

What stays in a month in which nobody comes: the agent's file, of less than a cent, and, if you made one, the snapshot: ${money(snapshotOf(facts))}
for these models. Whoever has a snapshot waits less, and downloads nothing. With a pool one alarm stands for the errors of all
functions, so that its own find room among the free ones.
`
}
