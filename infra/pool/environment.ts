import { fullName, stage } from "../stage.ts"
import { dollarsPerHour } from "./price.ts"

/** From the decision to start a server to its first word, as a rule. */
const startSeconds = 150

/** The name of the group that servers are in. */
export const groupName = fullName("pool")

/** What functions are told of the pool; nothing where there is none. */
export const poolEnvironment: Record<string, string> =
  stage.pool === undefined
    ? {}
    : {
        POOL_FUNCTION: fullName("pool"),
        POOL_PROXY_FUNCTION: fullName("pool-proxy"),
        POOL_GROUP: groupName,
        POOL_MOST: String(stage.pool.most),
        POOL_MODELS: JSON.stringify(stage.pool.models),
        POOL_IDLE_MINUTES: String(stage.pool.idleMinutes),
        POOL_PARALLEL: String(stage.pool.parallel),
        POOL_START_SECONDS: String(startSeconds),
        POOL_DOLLARS_PER_HOUR: String(dollarsPerHour(stage.pool)),
        ...(stage.pool.fallback !== undefined && {
          POOL_FALLBACK: stage.pool.fallback.model,
          POOL_MAX_WAIT_SECONDS: String(stage.pool.fallback.afterSeconds),
        }),
      }
