import { isEnd, openSocket } from "./lib/chat.ts"
import { startPacedUpstream } from "./lib/paced-upstream.ts"
import type { Row } from "./lib/row.ts"
import { startBenchServer } from "./lib/server.ts"

const tokens = 8000

/** What one tab receives of a long answer, at the pace of a model: all frames of the socket, uncompressed. Takes over six minutes. */
export async function bytesToOneTab(): Promise<Row[]> {
  const upstream = await startPacedUpstream({ chunks: tokens, intervalMs: 48 })
  const server = await startBenchServer({ ollamaUrl: upstream.url })
  let bytes = 0
  let end: () => void = () => {}
  const all = new Promise<void>((resolve) => (end = resolve))
  const socket = await openSocket(server.url, (frame, _at, length) => {
    bytes += length
    if (frame.type === "run" && isEnd(frame)) end()
  })
  socket.start("ollama/load", "stream 0 of a load")
  await all
  socket.close()
  await server.stop()
  await upstream.close()
  const megabytes = bytes / 1e6
  return [
    {
      figure: `bytes to one tab for an answer of ${tokens} tokens paced at 48 ms, uncompressed`,
      measured: `${megabytes.toFixed(2)} MB`,
      goal: "≤ 1.1 MB",
      reached: megabytes <= 1.1,
      peers: "131 MB (Open WebUI, computed from its source)",
    },
  ]
}
