import { type BenchClient, openClient } from "./lib/client.ts"
import { stayOn, twoCores } from "./lib/process.ts"
import type { Bench, Row } from "./lib/row.ts"
import { withScene } from "./lib/scene.ts"
import { median, quantile } from "./lib/statistics.ts"
import { FollowedStream, type Heard } from "./lib/stream.ts"
import { sevenCharacters } from "./lib/upstream.ts"
import { type Use, useNotes, watchUse } from "./lib/use.ts"

const connections = 20
const intervalMs = 48
const startEveryMs = 2

/**
 * How many answers stream at the same time, paced as models speak (seven characters each 48 ms), over 20 connections,
 * with the server alone on one processor and everything else on the other.
 */
export const concurrentStreams: Bench = async ({ quick }) => {
  const cores = twoCores()
  const tries = quick ? 1 : 3
  const pieces = quick ? 100 : 300
  const letGo = "missing" in cores ? undefined : stayOn(cores.bench)
  const core = "missing" in cores ? {} : { core: cores.server }
  const notes = "missing" in cores ? [`The server had no processor to itself: ${cores.missing}.`] : []
  try {
    const rows: Row[] = []
    for (const count of [500, 1000]) {
      const loads: Load[] = []
      for (let at = 0; at < tries; at++) loads.push(await load(count, pieces, core))
      rows.push(asRow(count, loads, notes))
    }
    return rows
  } finally {
    letGo?.()
  }
}

type Load = Heard & { use: Use; memory: number }

function asRow(count: number, loads: Load[], notes: string[]): Row {
  const middle = (of: (load: Load) => number): number => median(loads.map(of))
  const gap99 = middle((load) => quantile(load.gaps, 0.99))
  const delay50 = middle((load) => quantile(load.delays, 0.5)).toFixed(0)
  const delay99 = middle((load) => quantile(load.delays, 0.99)).toFixed(0)
  const cores = middle(({ use }) => use.server)
  const each = ((cores * intervalMs * 1000) / count).toFixed(0)
  const used = `${(cores * 100).toFixed(0)} % of a core, ${each} µs a chunk, ${middle((load) => load.memory).toFixed(0)} MB`
  return {
    figure: `added gap p99 with ${count.toLocaleString("en")} concurrent paced streams over ${connections} connections (median of ${loads.length})`,
    measured: `${gap99.toFixed(1)} ms (delay p50 ${delay50}, p99 ${delay99} ms; ${used})`,
    goal: count > 500 ? "< 40 ms (the aim)" : "< 40 ms",
    reached: gap99 < 40,
    notes: [...notes, ...useNotes(loads.map((load) => load.use))],
  }
}

function load(count: number, pieces: number, options: { core?: number }): Promise<Load> {
  return withScene(
    { pieces: sevenCharacters, intervalMs, spread: true },
    async ({ upstream, server }) => {
      const clients = await Promise.all(Array.from({ length: connections }, () => openClient(server.url)))
      const streams = Array.from({ length: count }, (_, number) => new FollowedStream(number, upstream))
      const begin = (stream: FollowedStream): Promise<void> =>
        clientOf(clients, stream.number).ask({
          text: `stream ${stream.number} of a load, ${pieces} pieces`,
          heard: (events, at) => stream.hear(events, at),
        })
      const answers = streams.map((stream) => pause(stream.number * startEveryMs).then(() => begin(stream)))
      // From the moment when the last has begun until the first ends, all of them speak.
      await Promise.race([Promise.all(streams.map((stream) => stream.begun)), Promise.all(answers)])
      const from = performance.now()
      const used = watchUse(server, options.core)
      await Promise.race(answers)
      const [to, use, memory] = [performance.now(), used(), server.memory()]
      await Promise.all(answers)
      for (const client of clients) client.close()
      return { ...allHeard(streams, from, to), use, memory }
    },
    options,
  )
}

function allHeard(streams: FollowedStream[], from: number, to: number): Heard {
  const each = streams.map((stream) => stream.heardBetween(from, to))
  return { gaps: each.flatMap(({ gaps }) => gaps), delays: each.flatMap(({ delays }) => delays) }
}

function clientOf(clients: BenchClient[], number: number): BenchClient {
  const client = clients[number % connections]
  if (client === undefined) throw new RangeError("there is no such connection")
  return client
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
