import { ulid } from "ulid"
import { WebSocket } from "ws"

type RunFrame = {
  type: string
  runId: string
  from: number
  events: { type: string; delta?: string; errorText?: string }[]
}

/** A bare socket client: it starts runs and hands over what comes, with the time at which it came. */
export async function openSocket(
  url: string,
  onFrame: (frame: RunFrame, at: number, bytes: number) => void,
): Promise<{ start(model: string, text: string): string; close(): void }> {
  const socket = new WebSocket(`${url.replace("http", "ws")}/socket`, ["omnichat.v1"], { perMessageDeflate: false })
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject))
  socket.on("message", (data: Buffer) => {
    const at = performance.now()
    const frame = JSON.parse(data.toString()) as RunFrame & { code?: string; message?: string }
    if (frame.type === "error") throw new Error(`the server refused: ${frame.code} ${frame.message}`)
    onFrame(frame, at, data.length)
  })
  return {
    start(model, text) {
      const runId = `run_${ulid()}`
      const message = { parts: [{ type: "text", text }] }
      socket.send(JSON.stringify({ action: "run.start", id: runId, runId, model, message }))
      return runId
    },
    close: () => socket.terminate(),
  }
}

/** The end of a run, if this frame holds it. Throws when it is not a finish: a bench of failed runs measures nothing. */
export function isEnd(frame: RunFrame): boolean {
  const last = frame.events?.at(-1)
  if (last?.type === "error" || last?.type === "abort") throw new Error(`a run ended with ${JSON.stringify(last)}`)
  return last?.type === "finish"
}
