import { pool } from "./on.ts"

const { region } = await aws.getRegion()
const { locations } = await aws.ec2.getInstanceTypeOfferings({
  locationType: "availability-zone",
  filters: [{ name: "instance-type", values: [pool.server] }],
})

/** The zones of this region that have such servers. Their letters, for local zones have longer names, and no Lambda. */
export const zones = locations
  .filter((zone) => zone.startsWith(region) && zone.length === region.length + 1)
  .map((zone) => zone.slice(region.length))
  .sort()

if (zones.length === 0)
  throw new Error(
    `OMNICHAT_POOL is "${pool.server}", which ${region} does not have. Choose another, or another region: ` +
      `aws ec2 describe-instance-type-offerings --region ${region} --location-type availability-zone`,
  )

export const zoneName = (letter: string): string => `${region}${letter}`
