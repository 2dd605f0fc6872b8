import type { Actor } from "@omnichat/core/access/actor"
import type { ChatId, RunId } from "@omnichat/core/protocol/id"
import { isTerminal } from "@omnichat/core/protocol/event"
import type { Event } from "@omnichat/core/protocol/event"
import { reduce } from "@omnichat/core/protocol/reduce"
import { listMessages } from "@omnichat/core/chat/chats"
import type { Models } from "@omnichat/core/model/models"
import type { ModelEvent } from "@omnichat/core/model/provider"
import { executeRun } from "@omnichat/core/run/execute"
import type { RunPorts } from "@omnichat/core/run/ports"
import type { RunRecord } from "@omnichat/core/run/record"
import { startRun } from "@omnichat/core/run/start"
import { recover } from "@omnichat/core/run/sweep"
import { keys } from "@omnichat/core/store/keys"
import { StoreUnavailable, type Table } from "@omnichat/core/store/table"
import { describe, expect, it } from "vitest"
import { memoryTable } from "@omnichat/core/store/memory"
import { lonePorts } from "../support/lone-ports.ts"

const actor: Actor = { userId: "u", role: "admin" }
const runId: RunId = "run_01HF0000000000000000000000"
const chatId: ChatId = "cht_01HF0000000000000000000000"

describe("a run on a store that has bad days", () => {
  it("keeps no words in the message that the journal lacks, when a batch cannot be written for long [G1, G2]", async () => {
    const world = newWorld(["one ", "two ", "three"])
    await startRun(world.ports, actor, ask())
    // The second batch is refused until the worker gives up; then the store is well again.
    let batches = 0
    world.fail = (method, pk, sk) => method === "put" && pk === `RUN#${runId}` && sk.startsWith("EVT#") && ++batches > 1
    await executeRun(world.ports, { runId, turn: 0 })
    world.fail = () => false
    await recover(world.ports)
    const { journal, message } = await world.outcome()
    expect(message?.parts).toEqual(reduce(journal).parts)
    expect(message?.status).toBe("interrupted")
    expect(journal.filter(isTerminal)).toHaveLength(1)
  })

  it("is closed at once, not after its lease, when its journal cannot be read [G5]", async () => {
    const world = newWorld(["one"])
    await startRun(world.ports, actor, ask())
    let reads = 0
    world.fail = (method, pk) => method === "query" && pk === `RUN#${runId}` && ++reads === 1
    await executeRun(world.ports, { runId, turn: 0 })
    const { record, message } = await world.outcome()
    expect(record?.status).toBe("interrupted")
    expect(message?.status).toBe("interrupted")
  })

  it("ends also when an earlier run of the same id has left its usage behind [G5]", async () => {
    const world = newWorld(["one"])
    await world.inner.put({ ...keys.runUsage("u", runId), model: "m", at: 1, inputTokens: 1, outputTokens: 1 })
    await startRun(world.ports, actor, ask())
    await executeRun(world.ports, { runId, turn: 0 })
    expect((await world.outcome()).record?.status).toBe("complete")
  })

  it("tells counts that are none as not counted [E4]", async () => {
    const world = newWorld(["four char"], { inputTokens: -1, outputTokens: 1e20 })
    await startRun(world.ports, actor, ask())
    await executeRun(world.ports, { runId, turn: 0 })
    const { message } = await world.outcome()
    expect(message).toMatchObject({ status: "complete", usage: { inputTokens: 0, outputTokens: 3, estimated: true } })
  })

  it("answers again and again under a question whose id lies in the future [A4, A8]", async () => {
    const world = newWorld(["one"])
    const id = "msg_7ZZZZZZZZZ0000000000000000"
    await startRun(world.ports, actor, { ...ask(), message: { id, parts: [{ type: "text", text: "hello" }] } })
    await executeRun(world.ports, { runId, turn: 0 })
    const ids = new Set<string>()
    for (let at = 1; at <= 5; at++) {
      const again: RunId = `run_01HF000000000000000000000${at}`
      const ack = await startRun(world.ports, actor, { runId: again, chatId, parentId: id, model: "m" })
      expect(ack.messageId > id).toBe(true)
      ids.add(ack.messageId)
      await executeRun(world.ports, { runId: again, turn: 0 })
    }
    expect(ids.size).toBe(5)
  })

  it("begins a continued answer with the earlier text even when it is stopped before anybody works on it [A9]", async () => {
    const world = newWorld(["some words"], undefined, "cut")
    const first = await startRun(world.ports, actor, ask())
    await executeRun(world.ports, { runId, turn: 0 })
    const next: RunId = "run_01HF0000000000000000000001"
    const body = { runId: next, chatId, parentId: first.messageId, continue: true, model: "m" }
    const ack = await startRun(world.ports, actor, body)
    await recover({ ...world.ports, dispatcher: { dispatch: (work) => executeRun(world.ports, work, stopped()) } })
    const { messages } = await listMessages(world.ports, actor, chatId, { limit: 10 })
    const answer = messages.find((message) => message.id === ack.messageId)
    expect(answer).toMatchObject({ status: "interrupted", usage: { outputTokens: 0 } })
    expect(answer?.parts).toContainEqual({ type: "text", text: "some words", state: "done" })
  })
})

const ask = () => ({ runId, chatId, model: "m", message: { parts: [{ type: "text" as const, text: "hello" }] } })
const stopped = () => ({ shutdown: AbortSignal.abort() })

/** The engine on a table that fails when told to; time runs a thousand times as fast. */
function newWorld(deltas: string[], usage = {}, end: "finish" | "cut" = "finish") {
  const inner = memoryTable({ now: () => clock.now() })
  const began = Date.now()
  const clock = {
    now: () => 1_700_000_000_000 + (Date.now() - began) * 1000,
    after(ms: number, run: () => void) {
      const timer = setTimeout(run, ms / 1000)
      return () => clearTimeout(timer)
    },
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        if (signal?.aborted) return resolve()
        const finish = () => {
          cancel()
          signal?.removeEventListener("abort", finish)
          resolve()
        }
        const cancel = clock.after(ms, finish)
        signal?.addEventListener("abort", finish)
      }),
  }
  const world = {
    inner,
    fail: (_method: string, _pk: string, _sk: string): boolean => false,
    ports: {} as RunPorts,
    async outcome() {
      const items = inner.items()
      const find = (key: { pk: string; sk: string }) => items.find((item) => item.pk === key.pk && item.sk === key.sk)
      const record = find(keys.run(runId)) as unknown as RunRecord | undefined
      const journal = items
        .filter((item) => item.pk === `RUN#${runId}` && item.sk.startsWith("EVT#"))
        .flatMap((item) => JSON.parse(item.events as string) as Event[])
      const { messages } = await listMessages(world.ports, actor, chatId, { limit: 10 })
      return { record, journal, message: messages.find(({ id }) => id === record?.messageId) }
    },
  }
  const table = new Proxy(inner as Table, {
    get:
      (target, method: keyof Table) =>
      (...args: [{ pk?: string; sk?: string; prefix?: string }]) => {
        const [first] = args
        if (world.fail(method, first.pk ?? "", first.sk ?? "")) return Promise.reject(new StoreUnavailable("no room"))
        return (target[method] as (...args: unknown[]) => Promise<unknown>)(...args)
      },
  })
  async function* speak(): AsyncGenerator<ModelEvent> {
    yield { type: "text-start", id: "a" }
    for (const delta of deltas) {
      yield { type: "text-delta", id: "a", delta }
      await clock.sleep(300)
    }
    if (end === "finish") yield { type: "finish", finishReason: "stop", usage }
  }
  const provider = { id: "script", list: () => Promise.resolve([]), stream: () => speak() }
  const models: Models = {
    list: () => Promise.resolve([]),
    find: (id) => Promise.resolve({ id, name: id, provider }),
  }
  world.ports = lonePorts({ table, clock, models })
  return world
}
