import type { PoolSettings } from "@omnichat/core/pool/settings"
import { liveSlots } from "@omnichat/core/pool/condition"
import { readPool } from "@omnichat/core/pool/store"
import type { Outcome } from "./figures.ts"
import { SimOllama } from "./ollama.ts"
import { pooledWorld } from "./pooled.ts"
import type { Machine } from "./pooled.ts"
import { VirtualTime } from "./time.ts"
import { models } from "./trace.ts"
import type { Question } from "./trace.ts"

type Options = {
  servers?: number
  parallel?: number
  memory?: number
  most?: number
  settings?: Partial<PoolSettings>
  without?: () => string | undefined
  skew?: number
}

/** A small pool in virtual time whose servers have reported: for what happens with a question or two. */
export async function smallPool({ servers = 2, parallel = 1, memory = 22.5e9, ...options }: Options = {}) {
  const { most } = options
  const time = new VirtualTime()
  const machines = new Map<string, Machine>()
  for (let at = 0; at < servers; at++) {
    const load = { fixedMs: 1500, bytesPerSecond: 300e6 }
    const server = new SimOllama({ time, disk: models, memory, memoryFactor: 1.2, parallel, load })
    machines.set(`gpu-${at}`, { server, host: { parallel, gpuMemory: memory } })
    if (most !== undefined) server.die()
  }
  const world = pooledWorld(time, machines, options)
  if (most === undefined) for (const nodeId of machines.keys()) world.join(nodeId)
  const outcomes: Outcome[] = []
  const pass = (ms: number): Promise<void> => time.run(time.now() + ms)
  await pass(6000)
  return {
    ...world,
    time,
    outcomes,
    pass,
    at: (nodeId: string): Machine => {
      const machine = machines.get(nodeId)
      if (machine === undefined) throw new Error(`there is no ${nodeId}`)
      return machine
    },
    /** Somebody asks; the outcome is found among `outcomes`. */
    begin: (user: string, question: Partial<Question> = {}): void => {
      const whole = { at: 0, user, model: small, firstMs: 500, answerMs: 5000, ...question }
      void world.ask(whole).then((outcome) => outcomes.push(outcome))
    },
    /** Who is being answered, and where. */
    places: async (): Promise<Record<string, string[]>> => {
      const { nodes } = await readPool(world.table)
      const users = nodes.map((node) => [node.nodeId, liveSlots(node, time.now()).map(([, { userId }]) => userId)])
      return Object.fromEntries(users) as Record<string, string[]>
    },
    line: async () => (await readPool(world.table)).waiting,
    nodes: async () => (await readPool(world.table)).nodes,
  }
}

/** Three models of 4, 8 and 14 billion bytes. */
export const small = "gemma3:4b"
export const medium = "qwen3:14b"
export const large = "mistral-small:24b"
