import { it } from "vitest"
import { newId } from "./ids.ts"
import { question, startOf, useScene } from "./scene.ts"
const scene = useScene({ process: true })
it("try", async () => {
  const { upstream } = scene.runtime
  for (const [slice, until] of [[0, 1], [1,1]] as const) {
    for (let time = 0; time < 8; time += 1) {
    const socket = await scene.connect()
    const model = scene.model({ text: "Held.", holdAfter: 0 })
    const starts = Array.from({ length: 900 }, (_, i) => startOf({ id: `${i}`, model, message: question(`N ${i}`) }))
    const chatId = newId("cht")
    const target = slice === 0 ? starts[0] : starts[450]
    Object.assign(target!, { chatId })
    let acks = 0, sent = 900, asks = 0
    socket.socket.on("message", (m: Buffer) => { if (m.includes('"ack"')) acks += 1 })
    for (const s of starts) socket.send(s)
    while ((await scene.http("GET", `/api/chats/${chatId}`)).status !== 200) asks += 1
    console.log("asks sent", asks, acks)
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
