import { isEnd, openSocket } from "./lib/chat.ts"
import { startPacedUpstream } from "./lib/paced-upstream.ts"
import { type Row, median } from "./lib/row.ts"
import { type BenchServer, startBenchServer } from "./lib/server.ts"
import { ulid } from "ulid"
import { WebSocket } from "ws"

const chats = 10_000
const messages = 2000

/** A person with a long history: the first page of the list, and the newest messages of a long chat, as the server answers. */
export async function longHistory(): Promise<Row[]> {
  const upstream = await startPacedUpstream({ chunks: 1, intervalMs: 0 })
  const server = await startBenchServer({ ollamaUrl: upstream.url })
  const chatId = `cht_${ulid()}`
  await fillChat(server, chatId)
  await fillList(server)
  const list = await timeOf(`${server.url}/api/chats?limit=50`)
  const open = await timeOf(`${server.url}/api/chats/${chatId}/messages?limit=200`)
  await server.stop()
  await upstream.close()
  return [
    {
      figure: `first page of the list with ${chats} chats, on the server (median of 20)`,
      measured: `${list.toFixed(1)} ms`,
      goal: "≤ 20 ms",
      reached: list <= 20,
    },
    {
      figure: `opening a chat of ${messages} messages, on the server (median of 20)`,
      measured: `${open.toFixed(1)} ms`,
      goal: "≤ 50 ms",
      reached: open <= 50,
    },
  ]
}

async function timeOf(url: string): Promise<number> {
  const times: number[] = []
  for (let at = 0; at < 21; at++) {
    const began = performance.now()
    const answer = await fetch(url)
    await answer.text()
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}`)
    if (at > 0) times.push(performance.now() - began)
  }
  return median(times)
}

async function fillList(server: BenchServer): Promise<void> {
  let started = 0
  let ended = 0
  let allEnded: () => void = () => {}
  const all = new Promise<void>((resolve) => (allEnded = resolve))
  const socket = await openSocket(server.url, (frame) => {
    if (frame.type !== "run" || !isEnd(frame)) return
    if (++ended === chats) allEnded()
    else if (started < chats) next()
  })
  const next = (): void => {
    started += 1
    socket.start("ollama/load", `stream ${started} of a long history`)
  }
  for (let at = 0; at < 50; at++) next()
  await all
  socket.close()
}

/** One turn after the other in one chat. */
async function fillChat(server: BenchServer, chatId: string): Promise<void> {
  const socket = new WebSocket(`${server.url.replace("http", "ws")}/socket`, ["omnichat.v1"])
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject))
  let turn = 0
  await new Promise<void>((resolve, reject) => {
    const ask = (): void => {
      if (turn === messages / 2) return resolve()
      turn += 1
      const message = {
        parts: [{ type: "text", text: `stream ${turn} of a long chat. ${"Words of a question. ".repeat(10)}` }],
      }
      socket.send(
        JSON.stringify({ action: "run.start", id: "s", runId: `run_${ulid()}`, chatId, model: "ollama/load", message }),
      )
    }
    socket.on("message", (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as Parameters<typeof isEnd>[0]
      if (frame.type === "error") reject(new Error(data.toString()))
      if (frame.type === "run" && isEnd(frame)) ask()
    })
    ask()
  })
  socket.terminate()
}
