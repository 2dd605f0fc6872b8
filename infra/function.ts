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
  /** The network that it is in; without one it reaches everything but what is in a network. */
  vpc?: sst.aws.FunctionArgs["vpc"]
  /** Whether it runs on the developer's machine with `sst dev`; as all do, unless it is said. */
  isLive?: boolean
}
export type Permission = {
  actions: string[]
  resources: $util.Input<string>[]
  conditions?: { test: string; variable: string; values: string[] }[]
}

const forLambda = aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" })

const always = ["authorizer", "socket", "api", "worker", "closer", "schedule"] as const
const withPool = ["pool", "pool-proxy"] as const
type Name = (typeof always | typeof withPool)[number]

/** The functions of packages/functions that this stage has. */
export const functionNames: readonly Name[] = stage.pool === undefined ? always : [...always, ...withPool]

/**
 * A function of packages/functions, as the bundle that the tests ran. While developing (`sst dev`) it is its source, so
 * that a change is seen at once.
 *
 * No concurrency is reserved: a new account has ten in all, of which AWS lets nobody reserve one.
 */
export function makeFunction(name: Name, options: Options): sst.aws.Function {
  const { maximumAge, onFailure, url, vpc, retries, permissions, isLive = true, ...rest } = options
  const code =
    $dev && isLive
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
    ...(!isLive && { dev: false }),
    ...(url !== undefined && { url }),
    ...(vpc !== undefined && { vpc }),
    ...(retries !== undefined && { retries }),
    transform: {
      // SST lets the whole account take a function's role, as `sst dev` has to.
      ...(!($dev && isLive) && { role: { assumeRolePolicy: forLambda } }),
      eventInvokeConfig: {
        ...(maximumAge !== undefined && { maximumEventAgeInSeconds: maximumAge }),
        ...(onFailure !== undefined && { destinationConfig: { onFailure: { destination: onFailure } } }),
      },
    },
  })
}

/** `pool-proxy` is PoolProxy. */
const logicalName = (name: string): string => name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase())
