import { readFileSync } from "node:fs"

/**
 * What infra/ knows of prices, to tell what a server costs.
 * @type {{ read: string, servers: Record<string, { dollarsPerHour: number }>, spotShare: number } & Record<PoolPrice, number>}
 */
export const poolPrices = JSON.parse(readFileSync(new URL("../../infra/pool/prices.json", import.meta.url), "utf8"))
/** @typedef {"addressPerHour" | "diskGigabyteMonth" | "diskThroughputMonth" | "snapshotGigabyteMonth" | "initializedGigabyte"} PoolPrice */

const ec2 = "https://aws.amazon.com/ec2/pricing/on-demand/"
const ebs = "https://aws.amazon.com/ebs/pricing/"

/**
 * A list price of AWS in us-east-1, in US dollars, without any free tier.
 * @typedef {{ dollars: number, per: number, of: string, page: string, read: string }} Price `per` units of `of`; read: when
 */

/** @type {Record<string, Price>} */
export const prices = {
  message: price(1, 1e6, "socket messages of up to 32 KB, in or out", "https://aws.amazon.com/api-gateway/pricing/"),
  connection: price(0.25, 1e6, "minutes of a connection", "https://aws.amazon.com/api-gateway/pricing/"),
  write: price(0.625, 1e6, "write units", "https://aws.amazon.com/dynamodb/pricing/on-demand/"),
  read: price(0.125, 1e6, "read units", "https://aws.amazon.com/dynamodb/pricing/on-demand/"),
  call: price(0.2, 1e6, "calls of a function", "https://aws.amazon.com/lambda/pricing/"),
  gigabyteSecond: price(13.3334, 1e6, "GB-seconds on arm64", "https://aws.amazon.com/lambda/pricing/"),
  scheduled: price(1, 1e6, "calls of the scheduler", "https://aws.amazon.com/eventbridge/pricing/"),
  stored: price(0.023, 1, "GB-months in S3", "https://aws.amazon.com/s3/pricing/"),
  alarm: price(0.1, 1, "months of a metric that an alarm looks at", "https://aws.amazon.com/cloudwatch/pricing/"),
  server: price(
    poolPrices.servers["g6.xlarge"]?.dollarsPerHour ?? Number.NaN,
    1,
    "hours of a g6.xlarge on demand",
    ec2,
  ),
  address: price(poolPrices.addressPerHour, 1, "hours of a public IPv4 address", "https://aws.amazon.com/vpc/pricing/"),
  disk: price(poolPrices.diskGigabyteMonth, 1, "GB-months of a gp3 disk", ebs),
  throughput: price(poolPrices.diskThroughputMonth, 1, "MiB/s-months of a gp3 disk, over 125", ebs),
  snapshot: price(poolPrices.snapshotGigabyteMonth, 1, "GB-months of a snapshot", ebs),
  initialized: price(poolPrices.initializedGigabyte, 1, "GB of a snapshot, read at a rate that was ordered", ebs),
}

/** @param {keyof typeof prices} name @param {number} amount @returns {number} dollars */
export function costOf(name, amount) {
  const known = prices[name]
  if (known === undefined) throw new Error(`there is no price called ${name} in scripts/cost/prices.mjs`)
  return (amount * known.dollars) / known.per
}

/** @param {number} dollars @param {number} per @param {string} of @param {string} page @returns {Price} */
function price(dollars, per, of, page) {
  return { dollars, per, of, page, read: poolPrices.read }
}
