import { costOf, poolPrices } from "./prices.mjs"

/**
 * What the pool takes while it works, and while nobody comes.
 * @typedef {object} PoolCounts
 * @property {number} looksASecond at the line, while somebody stands there
 * @property {number} lookReads read units of each
 * @property {number} lookWrites write units of each: that somebody drives
 * @property {number} reportsASecond of a server
 * @property {number} reportWrites write units of each
 */

/**
 * A stage's pool of servers with GPUs, as it would be deployed.
 * @typedef {object} PoolSetup
 * @property {string} server its kind
 * @property {number} dollarsPerHour as the functions are told
 * @property {number} gigabytes of the models
 * @property {number} diskGigabytes of the disk for them
 * @property {number} throughput of that disk, MiB/s
 * @property {number} startSeconds until a server says its first word
 * @property {number} idleMinutes that it stays without work
 * @property {number} functionMegabytes of the function that drives the line
 * @property {number} proxyMegabytes of the proxy
 */
/** @typedef {PoolSetup & PoolCounts} PoolFacts */

/** What Ollama takes on the disk, unpacked, and the image's own disk. In gigabytes. */
const ollamaGigabytes = 3.4
const imageGigabytes = 75
const includedThroughput = 125
const hoursOfMonth = 730

/** Dollars of an hour of a server, by what they are for. @param {PoolFacts} facts @param {boolean} spot */
export function hourOf(facts, spot) {
  const disks =
    costOf("disk", facts.diskGigabytes + imageGigabytes) + costOf("throughput", facts.throughput - includedThroughput)
  const machine = poolPrices.servers[facts.server]?.dollarsPerHour ?? Number.NaN
  const parts = {
    "the machine": machine * (spot ? poolPrices.spotShare : 1),
    "its disks": disks / hoursOfMonth,
    "its address": costOf("address", 1),
  }
  return { parts, sum: sum(Object.values(parts)) }
}

/** Dollars of an hour in which a server works: the function that drives the line, and what both write and read. @param {PoolFacts} facts */
export function driveOf({ functionMegabytes, ...counts }) {
  const { looksASecond, lookReads, lookWrites, reportsASecond, reportWrites } = counts
  return (
    costOf("gigabyteSecond", (3600 * functionMegabytes) / 1024) +
    costOf("read", 3600 * looksASecond * lookReads) +
    costOf("write", 3600 * (looksASecond * lookWrites + reportsASecond * reportWrites))
  )
}

/** Dollars for a thousand answers of 10 s through the proxy. @param {PoolFacts} facts */
export const proxyOf = ({ proxyMegabytes }) =>
  costOf("call", 1000) + costOf("gigabyteSecond", (10_000 * proxyMegabytes) / 1024)

/** Dollars of a start: the time until it can be asked, and the snapshot that is read. @param {PoolFacts} facts @param {boolean} spot */
export function startOf(facts, spot) {
  const waited = (facts.startSeconds / 3600) * hourOf(facts, spot).sum
  return { waited, snapshot: costOf("initialized", snapshotGigabytes(facts)) }
}

/** Dollars of an evening in which somebody asks now and then for so long: with the start, and the time until it ends. @param {PoolFacts} facts @param {boolean} spot @param {number} hours */
export function eveningOf(facts, spot, hours) {
  const runs = facts.startSeconds / 3600 + hours + facts.idleMinutes / 60
  return runs * (hourOf(facts, spot).sum + driveOf(facts))
}

/** Dollars a month of a snapshot that has the models. @param {PoolFacts} facts */
export const snapshotOf = (facts) => costOf("snapshot", snapshotGigabytes(facts))

/** @param {PoolFacts} facts */
export const snapshotGigabytes = ({ gigabytes }) => Number((gigabytes + ollamaGigabytes).toFixed(1))

/** @param {number[]} numbers */
const sum = (numbers) => numbers.reduce((total, each) => total + each, 0)
