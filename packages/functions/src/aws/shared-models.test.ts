import { OmniError } from "@omnichat/core/protocol/error"
import type { BedrockModel } from "@omnichat/core/provider/bedrock/model"
import { memoryTable } from "@omnichat/core/store/memory"
import type { Table } from "@omnichat/core/store/table"
import { expect, test } from "vitest"
import { createModelSharing, sharedModels } from "./shared-models.ts"

const nova: BedrockModel = { id: "amazon.nova-lite-v1:0", name: "Nova Lite", capabilities: [], maxOutputTokens: 5000 }
const minutes = 60_000

/** A table that counts what is written, and what Bedrock says to the process that asks it. */
function scene() {
  let now = 1_000_000
  let says: BedrockModel[] | Error = []
  const clock = { now: () => now, sleep: () => Promise.resolve() }
  const inner = memoryTable({ now: () => now })
  const counted = { asked: 0, written: 0 }
  const table: Table = {
    ...inner,
    update(...change) {
      counted.written += 1
      return inner.update(...change)
    },
  }
  const newProcess = () =>
    createModelSharing({ clock, table }, () => {
      counted.asked += 1
      return says instanceof Error ? Promise.reject(says) : Promise.resolve(says)
    })
  return {
    clock,
    table,
    counted,
    newProcess,
    bedrockHas: (models: BedrockModel[] | Error) => void (says = models),
    later: (ms: number) => void (now += ms),
    read: () => sharedModels(table, clock)(),
  }
}

test("what Bedrock has is asked for once in a while, and told to whoever asks", async () => {
  const { later, bedrockHas, newProcess, counted, read } = scene()
  const share = newProcess()
  await expect(read()).rejects.toMatchObject({ code: "model_unavailable", retryable: true })
  bedrockHas([nova])
  await share()
  bedrockHas([])
  await share()
  expect(await read()).toEqual([nova])
  expect(counted.asked).toBe(1)
  later(16 * minutes)
  await share()
  expect(await read()).toEqual([])
})

test("what is written already is not written again, by another process neither", async () => {
  const { later, bedrockHas, newProcess, counted } = scene()
  bedrockHas([nova])
  const share = newProcess()
  for (let hours = 0; hours < 4; hours++, later(60 * minutes)) await share()
  await newProcess()()
  expect(counted).toEqual({ asked: 5, written: 1 })
})

test("a failure leaves what was known, and is tried again; where nothing was known it says why", async () => {
  const { later, bedrockHas, newProcess, read } = scene()
  const share = newProcess()
  const denied = new OmniError("model_unavailable", "This role may not list models.", { retryable: false })
  bedrockHas(denied)
  await share()
  await expect(read()).rejects.toMatchObject({ message: denied.message, retryable: false })
  bedrockHas([nova])
  later(2 * minutes)
  await share()
  expect(await read()).toEqual([nova])
  later(16 * minutes)
  bedrockHas(denied)
  await share()
  expect(await read()).toEqual([nova])
})

test("where Bedrock is not, it is asked less and less often, and that is written once", async () => {
  const { later, bedrockHas, newProcess, counted } = scene()
  bedrockHas(new Error("getaddrinfo ENOTFOUND bedrock"))
  const share = newProcess()
  for (let passed = 0; passed < 60; passed++, later(minutes)) await share()
  expect(counted).toEqual({ asked: 7, written: 1 })
})

test("a list that was read is kept for a minute", async () => {
  const { later, clock, table, bedrockHas, newProcess, counted } = scene()
  const share = newProcess()
  let reads = 0
  const get: Table["get"] = (...key) => {
    reads += 1
    return table.get(...key)
  }
  const read = sharedModels({ ...table, get }, clock)
  bedrockHas([nova])
  await share()
  await read()
  await read()
  expect([reads, counted.asked]).toEqual([1, 1])
  later(minutes)
  expect(await read()).toEqual([nova])
  expect(reads).toBe(2)
})
