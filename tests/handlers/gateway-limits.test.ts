import { expect, it } from "vitest"
import { textOf } from "../scenarios/run-rules.ts"
import { acked, startOf } from "../scenarios/scene.ts"
import { startTableProxy } from "../support/aws/table-proxy.ts"
import type { TableProxy } from "../support/aws/table-proxy.ts"
import { useAwsScene } from "./aws-scene.ts"

let proxy: TableProxy
const { scene, aws } = useAwsScene({
  beforeTable: async (url) => {
    proxy = await startTableProxy(url)
    return proxy.url
  },
  // instead of 29 s
  integrationMs: 1000,
})

it("[F1, A2, A13] an action that takes longer than the gateway waits is answered all the same, and is one run", async () => {
  // the gateway says something of its own first, which is no frame of ours
  const socket = await scene.connect({ check: () => undefined })
  await socket.roundTrip()
  const model = scene.model({ text: "Late, but whole." })
  const start = startOf({ model, id: "slow" })
  proxy.delayMs = 600
  socket.send(start)
  const own = await socket.waitFor(({ type }) => type === undefined, "a frame of the gateway's own")
  expect(own).toEqual({
    message: "Internal server error",
    connectionId: expect.any(String) as string,
    requestId: expect.any(String) as string,
  })
  proxy.delayMs = 0
  const ack = acked(await socket.answer("slow"))
  expect(acked(await socket.act({ ...start, id: "again" }))).toMatchObject({ runId: ack.runId, chatId: ack.chatId })
  const events = await socket.ended(ack.runId)
  expect(textOf(events)).toBe("Late, but whole.")
  await aws().lambda.settled()
  expect(scene.asked(model)).toHaveLength(1)
  await scene.expectStored(ack, events)
})

it("[C5] frames of more than 32 KB and messages of more than 128 KB are closed by the gateway with 1009", async () => {
  const [frames, message] = [await scene.connect(), await scene.connect()]
  const { in: before } = aws().gateway.metered
  frames.socket.send(`"${"x".repeat(32 * 1024)}"`)
  expect(await frames.closed()).toBe(1009)
  for (let part = 0; part < 5; part += 1) message.socket.send("x".repeat(30_000), { fin: false })
  expect(await message.closed()).toBe(1009)
  // neither of them has reached a function
  expect(aws().gateway.metered.in).toBe(before)
})
