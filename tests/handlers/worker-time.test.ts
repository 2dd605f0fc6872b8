import { expect, it } from "vitest"
import { endOf, textOf } from "../scenarios/run-rules.ts"
import { acked, startOf } from "../scenarios/scene.ts"
import { useAwsScene } from "./aws-scene.ts"

const { scene, aws } = useAwsScene({ hurriedWorker: true })

const words = "One word after the other, and no word is lost. ".repeat(10)

it("[G1, G5] a worker near the end of its time closes its run as interrupted, with every word", async () => {
  const socket = await scene.connect()
  const model = scene.model({ text: words.repeat(100), intervalMs: 20 })
  const { ack, events } = await scene.run(socket, { model })
  expect(endOf(events)).toMatchObject({ status: "interrupted", error: { code: "interrupted", retryable: true } })
  expect(textOf(events).length).toBeGreaterThan(words.length)
  expect(await scene.asked(model)[0]?.ended).toBe("left")
  expect(await scene.replay(ack.runId)).toEqual(events)
  await scene.expectStored(ack, events)
})

it("[G1, G2] a worker with too little time left hands its run over to another one", async () => {
  const socket = await scene.connect()
  const worker = aws().lambda.pool("worker")
  const before = worker.invocations
  const first = worker.nextInvocation()
  worker.options.timeoutMs = 100_000
  const model = scene.model({ text: words, intervalMs: 20 })
  const answered = socket.act(startOf({ model }))
  await first
  worker.options.timeoutMs = 900_000
  const ack = acked(await answered)
  const events = await scene.ended(socket, ack)
  expect([endOf(events).status, textOf(events)]).toEqual(["complete", words])
  expect(worker.invocations).toBe(before + 2)
  expect(scene.asked(model)).toHaveLength(1)
  expect(await scene.replay(ack.runId)).toEqual(events)
  await scene.expectStored(ack, events)
})
