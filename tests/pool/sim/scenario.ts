import type { HostFacts } from "@omnichat/core/pool/agent/host"
import { figuresOf } from "./figures.ts"
import type { Figures, Outcome } from "./figures.ts"
import { SimOllama } from "./ollama.ts"
import { bootMs, pooledWorld } from "./pooled.ts"
import type { Machine } from "./pooled.ts"
import { askAtRandom } from "./random.ts"
import { VirtualTime } from "./time.ts"
import { makeTrace, models } from "./trace.ts"
import type { Question, TraceShape } from "./trace.ts"

/**
 * `load`: three servers and nothing else. `death`: the second dies for good. `cold start`: there is none, and they are
 * started when somebody asks. `spot notice`: the second is taken away, two minutes after it was told so.
 */
export type Scenario = "load" | "death" | "cold start" | "spot notice"

/** Servers like a g6.xlarge: 24 GB, a disk of 300 MB/s. */
const memory = 22.5e9
const parallel = 4
const nodeIds = ["gpu-0", "gpu-1", "gpu-2"]
/** When the bad day comes, as a part of the trace; how much time a notice leaves. */
const badAt = 0.4
const noticeMs = 120_000
/** Everybody's agent has reported by then. */
const beginning = 10_000

/** The same questions to the same servers, sent by chance and by the pool. */
export async function playBoth(scenario: Scenario, seed: number, shape: TraceShape) {
  const trace = makeTrace(seed, shape)
  return { random: await playRandom(scenario, seed, trace), pool: await playPool(scenario, trace) }
}

async function playRandom(scenario: Scenario, seed: number, trace: readonly Question[]): Promise<Figures> {
  const time = new VirtualTime()
  const servers = nodeIds.map(() => newServer(time))
  const [, second] = servers
  const isCold = scenario === "cold start"
  if (isCold) for (const server of servers) server.die()
  // All of them at once, as soon as there is a question: kinder than what anybody does.
  if (isCold) time.after(beginning + (trace[0]?.at ?? 0) + bootMs, () => servers.forEach((server) => server.revive()))
  if (scenario === "death") time.after(badTime(trace), () => second?.die())
  if (scenario === "spot notice") time.after(badTime(trace) + noticeMs, () => second?.die())
  const outcomes = await play(time, trace, askAtRandom(time, servers, seed))
  return figuresOf(outcomes, loadsOf(servers))
}

async function playPool(scenario: Scenario, trace: readonly Question[]): Promise<Figures> {
  const time = new VirtualTime()
  const machines = new Map<string, Machine>()
  for (const nodeId of nodeIds) machines.set(nodeId, { server: newServer(time), host: { parallel, gpuMemory: memory } })
  const isCold = scenario === "cold start"
  const world = pooledWorld(time, machines, isCold ? { most: machines.size } : {})
  for (const [nodeId, { server }] of machines) {
    if (isCold) server.die()
    else world.join(nodeId)
  }
  const second = machines.get("gpu-1")
  const takeAway = (): void => {
    second?.server.die()
    second?.agent?.abort()
  }
  const giveNotice = (): void => {
    if (second !== undefined) second.host = { ...second.host, spotNotice: true } satisfies HostFacts
    time.after(noticeMs, takeAway)
  }
  if (scenario === "death") time.after(badTime(trace), takeAway)
  if (scenario === "spot notice") time.after(badTime(trace), giveNotice)
  const outcomes = await play(time, trace, (question) => world.ask(question))
  return figuresOf(outcomes, loadsOf([...machines.values()].map(({ server }) => server)))
}

/** Until everybody has an answer, or an hour after the last question. */
async function play(time: VirtualTime, trace: readonly Question[], ask: (question: Question) => Promise<Outcome>) {
  const outcomes: Outcome[] = []
  for (const question of trace) {
    time.after(beginning + question.at, () => void ask(question).then((outcome) => outcomes.push(outcome)))
  }
  await time.run(time.now() + lastOf(trace) + 3_600_000, () => outcomes.length === trace.length)
  const missing = trace.length - outcomes.length
  if (missing > 0) throw new Error(`${missing} of ${trace.length} questions have no end an hour after the last`)
  return outcomes
}

const lastOf = (trace: readonly Question[]): number => trace.at(-1)?.at ?? 0
const badTime = (trace: readonly Question[]): number => beginning + badAt * lastOf(trace)
const loadsOf = (servers: readonly SimOllama[]): number => servers.reduce((sum, { loads }) => sum + loads, 0)
const newServer = (time: VirtualTime): SimOllama =>
  new SimOllama({
    time,
    disk: models,
    memory,
    memoryFactor: 1.2,
    parallel,
    load: { fixedMs: 1500, bytesPerSecond: 300e6 },
  })
