import { oneOf, optional, wholeNumber } from "../read.ts"
import type { Read } from "../read.ts"
import prices from "./prices.json"

/** The servers with GPUs that are started when a model of theirs is asked. */
export type Pool = {
  server: ServerType
  /** How many there may be at once. */
  most: number
  spot: boolean
  models: PoolModel[]
  /** A server without work for so long is given back. */
  idleMinutes: number
  /** How many answers of one model a server gives at once. */
  parallel: number
  /** Of a disk that has the models already. */
  snapshot?: string
  /** The model of the catalogue that is asked instead where the wait is longer. */
  fallback?: { model: string; afterSeconds: number }
}
export type PoolModel = { name: string; bytes: number }
export type ServerType = keyof typeof prices.servers

export const serverTypes = Object.keys(prices.servers) as ServerType[]

/** GPU memory that a model takes for itself and what it is asked, as a multiple of its bytes. */
const memoryFactor = 1.2

const modelForm = /^((?:[\w.-]+\/)*[\w.-]+)(:[\w.-]+)?=(\d+(?:\.\d+)?)$/

/**
 * The pool of a stage; undefined where OMNICHAT_POOL is not set, whatever else is.
 * @throws with what is wrong and what would be right
 */
export function readPool(read: Read): Pool | undefined {
  const wanted = read("OMNICHAT_POOL")
  if (wanted === undefined) return undefined
  const server = oneOf("OMNICHAT_POOL", wanted, serverTypes)
  const number = (name: string, without: number, most: number): number =>
    wholeNumber(name, read(name) ?? String(without), { least: 1, most })
  return {
    server,
    most: number("OMNICHAT_POOL_MOST", 1, 20),
    spot: oneOf("OMNICHAT_POOL_SPOT", read("OMNICHAT_POOL_SPOT") ?? "no", ["yes", "no"]) === "yes",
    models: readModels(server, read("OMNICHAT_POOL_MODELS")),
    idleMinutes: number("OMNICHAT_POOL_IDLE_MINUTES", 15, 1440),
    parallel: number("OMNICHAT_POOL_PARALLEL", 4, 64),
    ...optional("snapshot", readSnapshot(read)),
    ...optional("fallback", readFallback(read, number)),
  }
}

function readModels(server: ServerType, list: string | undefined): PoolModel[] {
  const example = "qwen3:8b=5.2,gpt-oss:20b=13"
  if (list === undefined)
    throw new Error(
      "OMNICHAT_POOL is set, and OMNICHAT_POOL_MODELS is not: name the models of Ollama that it is for, each with its " +
        `size in GB, like ${example}`,
    )
  const models = list.split(",").map((part) => {
    const [, name, tag = ":latest", gigabytes] = modelForm.exec(part.trim()) ?? []
    if (name === undefined || !(Number(gigabytes) > 0))
      throw new Error(
        `OMNICHAT_POOL_MODELS has "${part.trim()}": each is a model of Ollama and its size in GB, like ${example}`,
      )
    return { name: `${name}${tag}`, bytes: Math.round(Number(gigabytes) * 1e9) }
  })
  const twice = models.find(({ name }, at) => models.findIndex((each) => each.name === name) < at)
  if (twice !== undefined) throw new Error(`OMNICHAT_POOL_MODELS has ${twice.name} twice: name each model once`)
  for (const model of models) checkThatItFits(server, model)
  return models
}

function checkThatItFits(server: ServerType, { name, bytes }: PoolModel): void {
  const needed = Math.ceil((bytes * memoryFactor) / 1e9)
  if (prices.servers[server].gpuGigabytes >= needed) return
  const larger = serverTypes.filter((type) => prices.servers[type].gpuGigabytes >= needed)
  throw new Error(
    `OMNICHAT_POOL_MODELS has ${name}, which takes about ${needed} GB of GPU memory; a ${server} has ` +
      `${prices.servers[server].gpuGigabytes}. ${larger.length === 0 ? "No server has that much" : `It fits into ${larger.join(" or ")}`}`,
  )
}

function readSnapshot(read: Read): string | undefined {
  const snapshot = read("OMNICHAT_POOL_SNAPSHOT")
  if (snapshot === undefined || /^snap-[0-9a-f]{8,17}$/.test(snapshot)) return snapshot
  throw new Error(
    `OMNICHAT_POOL_SNAPSHOT is "${snapshot}", which is no id of an EBS snapshot: those are like snap-0123456789abcdef0`,
  )
}

function readFallback(
  read: Read,
  number: (name: string, without: number, most: number) => number,
): Pool["fallback"] | undefined {
  const model = read("OMNICHAT_POOL_FALLBACK")
  if (model === undefined) {
    if (read("OMNICHAT_POOL_MAX_WAIT_SECONDS") === undefined) return undefined
    throw new Error(
      "OMNICHAT_POOL_MAX_WAIT_SECONDS is set, and OMNICHAT_POOL_FALLBACK is not: name the model that is asked instead",
    )
  }
  if (!/^[a-z][a-z0-9-]*\/\S+$/.test(model))
    throw new Error(
      `OMNICHAT_POOL_FALLBACK is "${model}": it is a model as the catalogue has it, with its provider in front, like ` +
        "bedrock/us.amazon.nova-lite-v1:0",
    )
  return { model, afterSeconds: number("OMNICHAT_POOL_MAX_WAIT_SECONDS", 120, 3600) }
}
