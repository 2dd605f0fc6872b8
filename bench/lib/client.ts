import { ulid } from "ulid"
import { WebSocket } from "ws"

export type RunEvent = { type: string; delta?: string; errorText?: string }
type Frame = { type: string; id?: string; runId: string; events: RunEvent[]; code?: string; message?: string }

export type Question = {
  text: string
  /** A new chat without it. */
  chatId?: string
  /** What came for this answer, and when by `performance.now()`. */
  heard?: (events: RunEvent[], at: number) => void
}

export type BenchClient = {
  /** Resolves when the answer is complete; rejects when it ends otherwise, is refused, or the socket closes. */
  ask(question: Question): Promise<void>
  /** Frames and bytes that came, the socket's own heads of frames included. */
  readonly received: { frames: number; bytes: number }
  close(): void
}

/** The model that `startUpstream` has, as the server calls it. */
const model = "ollama/load:latest"

type Asked = Pick<Question, "heard"> & { resolve: () => void; reject: (error: Error) => void }

/** A bare socket client, so that what it costs is little and known. */
export async function openClient(url: string): Promise<BenchClient> {
  const socket = new WebSocket(`${url.replace("http", "ws")}/socket`, ["omnichat.v1"], { perMessageDeflate: false })
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject))
  const asked = new Map<string, Asked>()
  const received = { frames: 0, bytes: 0 }

  socket.on("message", (data: Buffer) => {
    const at = performance.now()
    received.frames += 1
    received.bytes += data.length + headOf(data.length)
    const frame = JSON.parse(data.toString()) as Frame
    if (frame.type === "error") return refuse(asked, frame)
    const run = frame.type === "run" ? asked.get(frame.runId) : undefined
    if (run === undefined) return
    run.heard?.(frame.events, at)
    const last = frame.events.at(-1)
    if (last?.type === "finish") run.resolve()
    else if (last?.type === "error" || last?.type === "abort")
      run.reject(new Error(`a run ended with ${JSON.stringify(last)}`))
    else return
    asked.delete(frame.runId)
  })
  socket.on("error", () => undefined) // a close follows
  socket.on("close", (code) => {
    for (const run of asked.values()) run.reject(new Error(`the server closed the socket with ${code}`))
  })

  return {
    received,
    ask: ({ text, chatId, heard }) =>
      new Promise((resolve, reject) => {
        const runId = `run_${ulid()}`
        asked.set(runId, { resolve, reject, ...(heard === undefined ? {} : { heard }) })
        const message = { parts: [{ type: "text", text }] }
        socket.send(JSON.stringify({ action: "run.start", id: runId, runId, chatId, model, message }))
      }),
    close: () => socket.terminate(),
  }
}

/** An error without an id is for nobody in particular, so for everybody. */
function refuse(asked: Map<string, Asked>, { id, code, message }: Frame): void {
  const error = new Error(`the server refused: ${code} ${message}`)
  for (const [runId, run] of asked) if (id === undefined || id === runId) run.reject(error)
}

/** Bytes before a frame's content (RFC 6455, 5.2). */
function headOf(length: number): number {
  if (length < 126) return 2
  return length < 65_536 ? 4 : 10
}
