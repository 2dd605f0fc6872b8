import { isEnd, openSocket } from "./lib/chat.ts"
import { startPacedUpstream } from "./lib/paced-upstream.ts"
import { type Row, median } from "./lib/row.ts"
import { startBenchServer } from "./lib/server.ts"

const short = 4000
const long = 24_000

/** Whether the cost of an answer grows with its length or with its square. */
export async function longAnswer(): Promise<Row[]> {
  const shorts: number[] = []
  const longs: number[] = []
  for (let at = 0; at < 3; at++) {
    shorts.push(await cpuFor(short))
    longs.push(await cpuFor(long))
  }
  const ratio = median(longs) / median(shorts)
  return [
    {
      figure: `processor time for an answer of ${long} chunks over one of ${short} (1 ms apart; median of 3)`,
      measured: `${ratio.toFixed(1)}× (${median(longs).toFixed(2)} s / ${median(shorts).toFixed(2)} s)`,
      goal: "≤ 6.3× (linear is 6×)",
      reached: ratio <= 6.3,
      peers: "about 20× for designs that send or save the whole answer again and again",
    },
  ]
}

async function cpuFor(chunks: number): Promise<number> {
  const upstream = await startPacedUpstream({ chunks, intervalMs: 1 })
  const server = await startBenchServer({ ollamaUrl: upstream.url })
  let end: () => void = () => {}
  const socket = await openSocket(server.url, (frame) => {
    if (frame.type === "run" && isEnd(frame)) end()
  })
  // A short answer first, so that neither pays for warming up.
  const warm = new Promise<void>((resolve) => (end = resolve))
  socket.start("ollama/load", "stream 0 of a load")
  await warm
  const before = server.cpuSeconds()
  const all = new Promise<void>((resolve) => (end = resolve))
  socket.start("ollama/load", "stream 1 of a load")
  await all
  const seconds = server.cpuSeconds() - before
  socket.close()
  await server.stop()
  await upstream.close()
  return seconds
}
