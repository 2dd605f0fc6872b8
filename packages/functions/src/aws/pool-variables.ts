import { readJson } from "@omnichat/core/json-form"
import * as v from "valibot"
import { reader, text } from "./variables.ts"
import type { Kind, Variables } from "./variables.ts"

/** What functions are told of the pool of GPU servers, where the stage has one. */
export type PoolEnvironment = {
  /** Names or ARNs: who drives the line, and the way to the servers. */
  poolFunction: string
  proxyFunction: string
  /** The Auto Scaling group. */
  group: string
  most: number
  /** What the servers are given, by Ollama's names. */
  models: { name: string; bytes: number }[]
  idleMinutes: number
  /** Answers of one model that a server gives at once. */
  parallel: number
  startSeconds: number
  /** The catalogue's id of the model that is asked when the wait would be longer. */
  fallback?: { model: string; afterSeconds: number }
}

/** Undefined without a pool. @throws TypeError naming the variable, its value and what would be right */
export function readPoolEnvironment(variables: Variables): PoolEnvironment | undefined {
  const read = reader(variables)
  const poolFunction = read.optional("POOL_FUNCTION", text)
  if (poolFunction === undefined) return undefined
  const fallback = read.optional("POOL_FALLBACK", text)
  return {
    poolFunction,
    proxyFunction: read.required("POOL_PROXY_FUNCTION", text),
    group: read.required("POOL_GROUP", text),
    most: read.required("POOL_MOST", count),
    models: read.required("POOL_MODELS", models),
    idleMinutes: read.required("POOL_IDLE_MINUTES", count),
    parallel: read.required("POOL_PARALLEL", count),
    startSeconds: read.required("POOL_START_SECONDS", count),
    ...(fallback !== undefined && {
      fallback: { model: fallback, afterSeconds: read.required("POOL_MAX_WAIT_SECONDS", count) },
    }),
  }
}

const count: Kind<number> = {
  expected: "a whole number of at least 1",
  parse: (text) => (/^[1-9]\d{0,6}$/.test(text) ? Number(text) : undefined),
}

const list = v.array(
  v.strictObject({
    name: v.pipe(v.string(), v.regex(/:/, "expected a name with its tag")),
    bytes: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  }),
)
const models: Kind<PoolEnvironment["models"]> = {
  expected: 'a JSON list such as [{ "name": "qwen3:8b", "bytes": 5200000000 }]',
  parse: (text) => readJson(list, text),
}
