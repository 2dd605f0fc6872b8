import { isEnd, openSocket } from "./lib/chat.ts"
import { pieceText, startPacedUpstream } from "./lib/paced-upstream.ts"
import { type Row, median, quantile } from "./lib/row.ts"
import { startBenchServer } from "./lib/server.ts"

const connections = 20
const chunks = 250

/**
 * How many answers stream at the same time, paced as models speak (seven characters each 48 ms), over 20 connections,
 * with the server alone on one processor and everything else on the other. The added gap is how much longer a follower
 * waited between two pieces of text than the model did.
 */
export async function concurrentStreams(counts: number[]): Promise<Row[]> {
  const rows: Row[] = []
  for (const count of counts) {
    const tries: Load[] = []
    for (let at = 0; at < 3; at++) tries.push(await load(count))
    const p99 = median(tries.map((one) => one.gap99))
    rows.push({
      figure: `added gap p99 with ${count} concurrent paced streams (server on one core; median of 3)`,
      measured: `${p99.toFixed(1)} ms (delay p50 ${median(tries.map((one) => one.delay50)).toFixed(1)}, p99 ${median(
        tries.map((one) => one.delay99),
      ).toFixed(1)} ms; ${median(tries.map((one) => one.cpu)).toFixed(2)} cores)`,
      goal: "< 40 ms",
      reached: p99 < 40,
    })
  }
  return rows
}

type Load = { gap99: number; delay50: number; delay99: number; cpu: number }

async function load(count: number): Promise<Load> {
  const upstream = await startPacedUpstream({ chunks, intervalMs: 48 })
  const server = await startBenchServer({ ollamaUrl: upstream.url, core: 0 })
  await fetch(`${server.url}/api/models`)
  const streams = new Map<string, { number: number; characters: number; lastAt: number }>()
  const gaps: number[] = []
  const delays: number[] = []
  let ended = 0
  let allEnded: () => void = () => {}
  const all = new Promise<void>((resolve) => (allEnded = resolve))
  const receive = (frame: Parameters<typeof isEnd>[0], at: number): void => {
    const stream = frame.type === "run" ? streams.get(frame.runId) : undefined
    const written = stream && upstream.written.get(stream.number)
    if (stream && written) {
      const before = Math.floor(stream.characters / pieceText.length)
      for (const event of frame.events) if (event.type === "text-delta") stream.characters += event.delta?.length ?? 0
      const after = Math.floor(stream.characters / pieceText.length)
      for (let piece = before; piece < after; piece++) delays.push(at - (written[piece] ?? at))
      if (after > before) {
        const spoken = (written[after - 1] ?? 0) - (written[before - 1] ?? 0)
        if (before > 0) gaps.push(Math.max(0, at - stream.lastAt - spoken))
        stream.lastAt = at
      }
    }
    if (frame.type === "run" && isEnd(frame) && ++ended === count) allEnded()
  }
  const sockets = await Promise.all(Array.from({ length: connections }, () => openSocket(server.url, receive)))
  for (let number = 0; number < count; number++) {
    const runId = sockets[number % connections]?.start("ollama/load", `stream ${number} of a load`)
    streams.set(runId ?? "", { number, characters: 0, lastAt: 0 })
    if (number % 10 === 9) await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const cpuBefore = server.cpuSeconds()
  const began = performance.now()
  await all
  const cpu = (server.cpuSeconds() - cpuBefore) / ((performance.now() - began) / 1000)
  for (const socket of sockets) socket.close()
  await server.stop()
  await upstream.close()
  return { gap99: quantile(gaps, 0.99), delay50: quantile(delays, 0.5), delay99: quantile(delays, 0.99), cpu }
}
