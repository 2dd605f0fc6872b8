import prices from "./prices.json"
import type { Pool, PoolModel } from "./settings.ts"

/** Of the disk for models, MiB a second: four times what is included, which is most of what the smaller servers can. */
export const diskThroughput = 500
const includedThroughput = 125

const hoursOfMonth = 730
/** The image's own disk, gigabytes. */
const imageGigabytes = 75

/** Room for the models, for Ollama, and for a model that is being replaced, GiB. */
export function diskGigabytes(models: readonly PoolModel[]): number {
  const gigabytes = models.reduce((sum, { bytes }) => sum + bytes, 0) / 1e9
  return Math.ceil(gigabytes * 1.25) + 20
}

/** What a server costs while it runs, in US dollars: with its disks and its address. */
export function dollarsPerHour({ server, spot, models }: Pick<Pool, "server" | "spot" | "models">): number {
  const machine = prices.servers[server].dollarsPerHour * (spot ? prices.spotShare : 1)
  const disks =
    ((diskGigabytes(models) + imageGigabytes) * prices.diskGigabyteMonth +
      (diskThroughput - includedThroughput) * prices.diskThroughputMonth) /
    hoursOfMonth
  return Number((machine + disks + prices.addressPerHour).toFixed(4))
}
