import { bundleOf } from "./build.ts"
import { fullName, stage } from "./stage.ts"

type Options = {
  /** What it does: for docs/aws/functions.md, and for who looks at it in the console. */
  description: string
  memory: `${number} MB`
  timeout: sst.aws.FunctionArgs["timeout"]
  permissions: $util.Input<Permission>[]
  environment: Record<string, $util.Input<string>>
  /** How often AWS calls again what failed, of calls whose caller does not wait. */
  retries?: 0 | 1 | 2
  /** How long such a call may wait for its turn, seconds. */
  maximumAge?: number
  /** Where the call goes that failed to the end. */
  onFailure?: $util.Input<string>
  streaming?: boolean
  url?: sst.aws.FunctionArgs["url"]
}
export type Permission = { actions: string[]; resources: $util.Input<string>[] }

const forLambda = aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" })

/** The functions of packages/functions. */
export const functionNames = ["authorizer", "socket", "api", "worker", "closer", "schedule"] as const

/**
 * A function of packages/functions, as the bundle that the tests ran. While developing (`sst dev`) it is its source, so
 * that a change is seen at once.
 *
 * No concurrency is reserved: a new account has ten in all, of which AWS lets nobody reserve one.
 */
export function makeFunction(name: (typeof functionNames)[number], options: Options): sst.aws.Function {
  const { maximumAge, onFailure, url, retries, permissions, ...rest } = options
  const code = $dev
    ? { handler: `packages/functions/src/entry/${name}.handler` }
    : { handler: "index.handler", bundle: bundleOf(name) }
  return new sst.aws.Function(logicalName(name), {
    ...rest,
    ...code,
    name: fullName(name),
    runtime: "nodejs24.x",
    architecture: "arm64",
    permissions: permissions.length === 0 ? [] : $util.all(permissions),
    logging: { format: "json", retention: stage.keptFor.logs },
    environment: { ...options.environment, STAGE: $app.stage, LOG_LEVEL: stage.logLevel },
    ...(url !== undefined && { url }),
    ...(retries !== undefined && { retries }),
    transform: {
      // SST lets the whole account take a function's role, as `sst dev` has to.
      ...(!$dev && { role: { assumeRolePolicy: forLambda } }),
      eventInvokeConfig: {
        ...(maximumAge !== undefined && { maximumEventAgeInSeconds: maximumAge }),
        ...(onFailure !== undefined && { destinationConfig: { onFailure: { destination: onFailure } } }),
      },
    },
  })
}

const logicalName = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`
