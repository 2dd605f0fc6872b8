import { OmniError } from "@omnichat/core/protocol/error"
import type { BedrockModel } from "@omnichat/core/provider/bedrock/model"
import { memoryTable } from "@omnichat/core/store/memory"
import { expect, test } from "vitest"
import { shareModels, sharedModels } from "./shared-models.ts"

const nova: BedrockModel = { id: "amazon.nova-lite-v1:0", name: "Nova Lite", capabilities: [], maxOutputTokens: 5000 }
const minutes = 60_000

function scene() {
  let now = 1_000_000
  const clock = { now: () => now, sleep: () => Promise.resolve() }
  const ports = { clock, table: memoryTable({ now: () => now }) }
  const later = (ms: number) => void (now += ms)
  const asked: AbortSignal[] = []
  const list = (models: BedrockModel[] | Error) => (signal: AbortSignal) => {
    asked.push(signal)
    return models instanceof Error ? Promise.reject(models) : Promise.resolve(models)
  }
  return { later, clock, ports, asked, list, read: () => sharedModels(ports.table, clock)() }
}

test("what Bedrock has is asked for once in a while, and told to whoever asks", async () => {
  const { later, ports, asked, list, read } = scene()
  await expect(read()).rejects.toMatchObject({ code: "model_unavailable", retryable: true })
  await shareModels(ports, list([nova]))
  await shareModels(ports, list([]))
  expect(await read()).toEqual([nova])
  expect(asked).toHaveLength(1)
  later(16 * minutes)
  await shareModels(ports, list([]))
  expect(await read()).toEqual([])
})

test("a failure leaves what was known, and is tried again; where nothing was known it says why", async () => {
  const { later, ports, list, read } = scene()
  const denied = new OmniError("model_unavailable", "This role may not list models.", { retryable: false })
  await shareModels(ports, list(denied))
  await expect(read()).rejects.toMatchObject({ message: denied.message, retryable: false })
  await shareModels(ports, list([nova]))
  expect(await read()).toEqual([nova])
  later(16 * minutes)
  await shareModels(ports, list(denied))
  expect(await read()).toEqual([nova])
})

test("a list that was read is kept for a minute", async () => {
  const { later, clock, ports, list } = scene()
  const read = sharedModels(ports.table, clock)
  await shareModels(ports, list([nova]))
  await read()
  later(16 * minutes)
  await shareModels(ports, list([]))
  expect(await read()).toEqual([])
  await shareModels(ports, list([nova]))
  expect(await read()).toEqual([])
})
