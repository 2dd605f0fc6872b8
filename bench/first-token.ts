import { Agent, request } from "node:http"
import { type BenchClient, openClient } from "./lib/client.ts"
import type { Bench } from "./lib/row.ts"
import { withScene } from "./lib/scene.ts"
import { median, quantile } from "./lib/statistics.ts"
import { sevenCharacters } from "./lib/upstream.ts"

/** Longer than the server gathers words before it writes them down, so that the first piece is not carried by the next. */
const intervalMs = 60
const pauseMs = 20

/** What a person waits longer for the first word than with Ollama itself; asked in turn, so that both see the same machine. */
export const firstToken: Bench = ({ quick }) => {
  const samples = quick ? 20 : 100
  return withScene({ pieces: sevenCharacters, intervalMs }, async ({ upstream, server }) => {
    const client = await openClient(server.url)
    const agent = new Agent({ keepAlive: true })
    const direct: number[] = []
    const through: number[] = []
    for (let at = -warmUp; at < samples; at++) {
      const alone = await askDirectly(upstream.url, agent)
      const served = await askServer(client)
      if (at >= 0) {
        direct.push(alone)
        through.push(served)
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
    client.close()
    agent.destroy()
    const added = median(through) - median(direct)
    const added90 = quantile(through, 0.9) - quantile(direct, 0.9)
    return [
      {
        figure: `time to first token added over calling Ollama directly, p50 of ${samples}`,
        measured: `${added.toFixed(1)} ms (p90 ${added90.toFixed(1)} ms)`,
        goal: "≤ 3 ms",
        reached: added <= 3,
      },
    ]
  })
}

/** Questions to each before the first that counts. */
const warmUp = 10
const text = "stream 0, 2 pieces"

async function askServer(client: BenchClient): Promise<number> {
  const began = performance.now()
  let first: number | undefined
  await client.ask({
    text,
    heard(events, at) {
      if (first === undefined && events.some((event) => event.type === "text-delta")) first = at
    },
  })
  return (first ?? Number.NaN) - began
}

/** The least a program can do: one request on a connection that is open, until the first bytes of the answer. */
function askDirectly(url: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const began = performance.now()
    const asking = request(`${url}/api/chat`, { method: "POST", agent }, (answer) => {
      let first: number | undefined
      answer.on("data", () => (first ??= performance.now()))
      answer.once("end", () => resolve((first ?? Number.NaN) - began))
      answer.once("error", reject)
    })
    asking.once("error", reject)
    asking.end(JSON.stringify({ model: "load:latest", messages: [{ role: "user", content: text }] }))
  })
}
