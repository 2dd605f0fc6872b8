import { expect, it } from "vitest"
import { endOf, textOf } from "../scenarios/run-rules.ts"
import { useAwsScene } from "./aws-scene.ts"

const { scene, aws } = useAwsScene({
  gpu: {
    models: [{ name: "llama:8b", sizeBytes: 5e9 }],
    fallback: { model: "bedrock/echo", afterSeconds: 10 },
  },
})

it("pool rule 7: when a GPU would take longer than the stage allows, Bedrock answers, and no GPU is started", async () => {
  aws().upstream.script("echo", { text: "From Bedrock." })
  const socket = await scene.connect()
  const { ack, events } = await scene.run(socket, { model: "ollama/llama:8b" })
  expect([endOf(events).status, textOf(events)]).toEqual(["complete", "From Bedrock."])
  await scene.expectStored(ack, events)
  expect(aws().gpu?.scaling.group.desired).toBe(0)
})
