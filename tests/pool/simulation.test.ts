import { expect, it } from "vitest"
import { asTable, figuresOf } from "./sim/figures.ts"
import type { Line, Outcome } from "./sim/figures.ts"
import { SimOllama } from "./sim/ollama.ts"
import { pooledWorld } from "./sim/pooled.ts"
import { askAtRandom } from "./sim/random.ts"
import { VirtualTime } from "./sim/time.ts"
import { makeTrace, models } from "./sim/trace.ts"
import type { Question } from "./sim/trace.ts"

const memory = 22.5e9
const shape = { users: 200, questionsEach: Number(process.env.Q ?? 12), hours: Number(process.env.H ?? 4) }
const newServer = (time: VirtualTime) =>
  new SimOllama({
    time,
    disk: models,
    memory,
    memoryFactor: 1.2,
    parallel: 4,
    load: { fixedMs: 1500, bytesPerSecond: 300e6 },
  })

async function play(time: VirtualTime, trace: Question[], ask: (question: Question) => Promise<Outcome>) {
  const began = time.now()
  const outcomes: Outcome[] = []
  for (const question of trace) {
    time.after(question.at, () => void ask(question).then((outcome) => outcomes.push(outcome), (e) => console.log(e)))
  }
  await time.run(began + (trace.at(-1)?.at ?? 0) + 3_600_000, () => outcomes.length === trace.length)
  return outcomes
}

it("the pool against random choice", async () => {
  const lines: Line[] = []
  for (const seed of [1, 2, 3]) {
    const trace = makeTrace(seed, shape)
    let t = process.cpuUsage()
    {
      const time = new VirtualTime()
      const servers = [0, 1, 2].map(() => newServer(time))
      const outcomes = await play(time, trace, askAtRandom(time, servers, seed))
      lines.push({
        scenario: "load",
        seed,
        choice: "random",
        figures: figuresOf(
          outcomes,
          servers.reduce((s, x) => s + x.loads, 0),
        ),
      })
    }
    console.log("random cpu", process.cpuUsage(t).user / 1e6)
    t = process.cpuUsage()
    {
      const time = new VirtualTime()
      const machines = new Map(
        [0, 1, 2].map((at) => [`gpu-${at}`, { server: newServer(time), host: { parallel: 4, gpuMemory: memory } }]),
      )
      const world = pooledWorld(time, machines)
      for (const id of machines.keys()) world.join(id)
      const outcomes = await play(
        time,
        trace.map((q) => ({ ...q, at: q.at + 10_000 })),
        (q) => world.ask(q),
      )
      lines.push({
        scenario: "load",
        seed,
        choice: "pool",
        figures: figuresOf(
          outcomes,
          [...machines.values()].reduce((s, x) => s + x.server.loads, 0),
        ),
      })
      const by = new Map<string, number[]>()
      for (const o of outcomes) by.set(o.model, [...(by.get(o.model) ?? []), o.waited])
      for (const [m, w] of by)
        console.log(
          m,
          w.length,
          (w.reduce((a, b) => a + b, 0) / w.length / 1000).toFixed(2),
          (Math.max(...w) / 1000).toFixed(1),
        )
      console.log(outcomes.filter((o) => o.end !== "answered").slice(0, 3))
    }
    console.log("pool cpu", process.cpuUsage(t).user / 1e6)
  }
  console.log(asTable(lines))
  expect(lines).toHaveLength(6)
}, 600_000)
