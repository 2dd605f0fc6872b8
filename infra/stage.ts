import { readSettings } from "./settings.ts"

/** The settings of the stage that is deployed. */
export const stage = readSettings($app.stage, process.env)

const { accountId } = aws.getCallerIdentityOutput()
const { region } = aws.getRegionOutput()
const { partition } = aws.getPartitionOutput()

/** What something of this stage is called in AWS. It is known before the thing exists, so that others can be let to it. */
export const fullName = (name: string): string => `${$app.name}-${$app.stage}-${name}`

/** Where this app is. */
export const place = { accountId, region, partition }

/** The full name of a thing in this account and region that has no object here, or does not have one yet. */
export const arnOf = (service: string, rest: $util.Input<string>): $util.Output<string> =>
  $interpolate`arn:${partition}:${service}:${region}:${accountId}:${rest}`
