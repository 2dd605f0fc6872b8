import { it } from "vitest"
import { setImmediate } from "node:timers/promises"
import { question, startOf, useScene } from "./scene.ts"
const scene = useScene({ process: true })
it("try", async () => {
  const { upstream } = scene.runtime
  for (const [slice, until] of [[20, 1], [20, 40], [5, 40], [50, 40],[10,100]] as const) {
    for (let time = 0; time < 4; time += 1) {
    const socket = await scene.connect()
    const model = scene.model({ text: "Held.", holdAfter: 0 })
    const starts = Array.from({ length: 900 }, (_, i) => startOf({ id: `${i}`, model, message: question(`N ${i}`) }))
    let acks = 0
    socket.socket.on("message", (m: Buffer) => { if (m.includes('"ack"')) acks += 1 })
    let sent = 0
    for (let i = 0; i < 900 && acks < until; i += slice) { for (const s of starts.slice(i, i + slice)) socket.send(s); sent = i + slice; await setImmediate() }
    await socket.waitFor((f) => f.type === "ack")
    await scene.runtime.restart("SIGKILL", async () => { await socket.closed(); for (const m of upstream.models) delete m.holdAfter; upstream.release() })
    const back = await scene.connect()
    const tally: Record<string, number> = {}
    for (const { runId } of starts.slice(0, sent)) {
      const a = await back.act({ action: "run.follow", runId: runId as string, after: 0 })
      if (a.type !== "ack") { tally[String(a["code"])] = (tally[String(a["code"])] ?? 0) + 1; continue }
      const e = await back.ended(runId as string)
      const st = (e.at(-2)?.["messageMetadata"] as { status: string }).status
      tally[st] = (tally[st] ?? 0) + 1
    }
    console.log("SIG", slice, until, "sent", sent, acks, JSON.stringify(tally))
    socket.problems.length = 0
    await back.close()
    }
  }
}, 300000)
