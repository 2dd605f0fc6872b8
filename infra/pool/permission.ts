import type { Permission } from "../function.ts"
import { arnOf, fullName, stage } from "../stage.ts"

/** Where there is a pool. By name, because what calls these functions is there before them. */
const whereOn = (name: string): Permission[] =>
  stage.pool === undefined
    ? []
    : [{ actions: ["lambda:InvokeFunction"], resources: [arnOf("lambda", `function:${fullName(name)}`)] }]

/** To see to it that somebody drives the line. */
export const callPool = whereOn("pool")

/** To ask a server. A stream is asked for with the same permission as any call; there is no other. */
export const askServers = whereOn("pool-proxy")
