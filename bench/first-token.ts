import { openSocket } from "./lib/chat.ts"
import { startPacedUpstream } from "./lib/paced-upstream.ts"
import { type Row, median } from "./lib/row.ts"
import { startBenchServer } from "./lib/server.ts"

const samples = 100

/** What a person waits longer for the first word than with Ollama itself; asked in turn, so that both see the same machine. */
export async function firstToken(): Promise<Row[]> {
  const upstream = await startPacedUpstream({ chunks: 2, intervalMs: 1 })
  const server = await startBenchServer({ ollamaUrl: upstream.url })
  await fetch(`${server.url}/api/models`)
  let heard: ((at: number) => void) | undefined
  const socket = await openSocket(server.url, (frame, at) => {
    if (frame.events?.some((event) => event.type === "text-delta")) heard?.(at)
  })
  const direct: number[] = []
  const through: number[] = []
  for (let at = 0; at < samples; at++) {
    direct.push(await askDirectly(upstream.url))
    const began = performance.now()
    const first = new Promise<number>((resolve) => (heard = resolve))
    socket.start("ollama/load", `stream ${at} of a load`)
    through.push((await first) - began)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  socket.close()
  await server.stop()
  await upstream.close()
  const added = median(through) - median(direct)
  return [
    {
      figure: `time to first token added over calling Ollama directly, p50 of ${samples}`,
      measured: `${added.toFixed(1)} ms (${median(through).toFixed(1)} against ${median(direct).toFixed(1)})`,
      goal: "≤ 3 ms",
      reached: added <= 3,
    },
  ]
}

async function askDirectly(url: string): Promise<number> {
  const began = performance.now()
  const answer = await fetch(`${url}/api/chat`, {
    method: "POST",
    body: JSON.stringify({ model: "load:latest", messages: [{ role: "user", content: "stream 999999 of a load" }] }),
  })
  const reader = answer.body?.getReader()
  await reader?.read()
  const ended = performance.now()
  await reader?.cancel()
  return ended - began
}
