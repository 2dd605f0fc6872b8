import { everyOf } from "./graph.ts"
import type { Graph } from "./graph.ts"

/** What turns the pool on, as little as that takes. */
export const poolOn = { OMNICHAT_POOL: "g6.xlarge", OMNICHAT_POOL_MODELS: "qwen3:8b=5.2,gpt-oss:20b=13" }

/** And with all that can be said of it. */
export const poolInFull = {
  ...poolOn,
  OMNICHAT_POOL_MOST: "3",
  OMNICHAT_POOL_SPOT: "yes",
  OMNICHAT_POOL_IDLE_MINUTES: "20",
  OMNICHAT_POOL_PARALLEL: "2",
  OMNICHAT_POOL_SNAPSHOT: "snap-0123456789abcdef0",
  OMNICHAT_POOL_FALLBACK: "bedrock/us.amazon.nova-lite-v1:0",
  OMNICHAT_POOL_MAX_WAIT_SECONDS: "90",
}

export const hasPool = (graph: Graph): boolean => everyOf(graph, "autoscaling/group").length > 0
