import { createClient } from "@omnichat/client/client"
import type { Client } from "@omnichat/client/client"
import { afterEach, describe, expect, it } from "vitest"
import { WebSocket } from "ws"
import { endOf, textOf } from "../scenarios/run-rules.ts"
import { acked, startOf } from "../scenarios/scene.ts"
import type { Ack, Fields } from "../scenarios/scene.ts"
import { startTableProxy } from "../support/aws/table-proxy.ts"
import type { TableCall, TableFault, TableProxy } from "../support/aws/table-proxy.ts"
import type { Event, RawSocket } from "../support/raw-client.ts"
import { useAwsScene } from "./aws-scene.ts"

let proxy: TableProxy
const { scene, aws } = useAwsScene({
  beforeTable: async (url) => {
    proxy = await startTableProxy(url)
    return proxy.url
  },
  // nobody but the tests looks for what is over
  sweepEveryMs: 3_600_000,
})

/** What the functions may log as an error in a test: that what it breaks is broken. */
let mayLog: RegExp | undefined

afterEach(async () => {
  proxy.fault = () => undefined
  proxy.delayMs = 0
  aws().gateway.faults.post = () => undefined
  Object.assign(aws().lambda.faults, { copies: 1, delayMs: 0 })
  await aws().lambda.settled()
  const logged = aws().errors.splice(0)
  expect(logged.filter((line) => mayLog?.test(line) !== true)).toEqual([])
  mayLog = undefined
})

const words = "One word after the other, and no word is lost. ".repeat(10)
const slowly = { text: words, intervalMs: 20 }

const openClient = (): Client =>
  createClient({ baseUrl: scene.runtime.httpUrl, token: () => aws().issuer.token("owner"), WebSocket })
const asking = (text: string) => ({ message: { parts: [{ type: "text" as const, text }] } })

/** Every event came once, the journal is the same, and the stored message is their reduction. */
async function expectWhole(ack: Ack, events: Event[]): Promise<void> {
  expect(await scene.replay(ack.runId)).toEqual(events)
  await scene.expectStored(ack, events)
}

async function expectAnswered(socket: RawSocket, fields: Fields = {}): Promise<void> {
  const { ack, events } = await scene.run(socket, { model: scene.model(slowly), ...fields })
  expect([endOf(events).status, textOf(events)]).toEqual(["complete", words])
  await expectWhole(ack, events)
}

describe("a table that", () => {
  const writes = /^(?:PutItem|UpdateItem|TransactWriteItems|DeleteItem)$/

  it.each([
    ["ProvisionedThroughputExceededException", Infinity],
    ["ThrottlingException", Infinity],
    // what is no throttling is tried three times
    ["InternalServerError", 1],
  ])("[G1, G2] refuses every third call with %s loses and doubles nothing", async (type, inARow) => {
    const socket = await scene.connect()
    const refused = new Map<string, number>()
    let calls = 0
    proxy.fault = ({ body }) => {
      const text = JSON.stringify(body)
      const before = refused.get(text) ?? 0
      const refuses = (calls += 1) % 3 === 0 && before < inARow
      refused.set(text, refuses ? before + 1 : 0)
      return refuses ? { type } : undefined
    }
    await expectAnswered(socket)
    expect(calls).toBeGreaterThan(30)
  })

  it.each<[string, TableFault]>([
    ["does what it is asked and does not answer", "reply lost"],
    ["does not do what it is asked, and does not answer", "silent"],
  ])("[G1, G2] %s now and then loses and doubles nothing", async (_, fault) => {
    const socket = await scene.connect()
    const seen = new Map<string, number>()
    const struck: string[] = []
    // once each: the start, and of the worker an append, a renewal and the end
    proxy.fault = ({ operation, from }: TableCall) => {
      if (!writes.test(operation)) return undefined
      const kind = `${from} ${operation}`
      const count = (seen.get(kind) ?? 0) + 1
      seen.set(kind, count)
      if (count !== (operation === "PutItem" ? 3 : 1)) return undefined
      struck.push(kind)
      return fault
    }
    await expectAnswered(socket)
    expect(struck).toEqual(
      expect.arrayContaining(["socket TransactWriteItems", "worker PutItem", "worker TransactWriteItems"]),
    )
  })
})

describe("a gateway that", () => {
  it("[G1, G2] takes 12 ms for each frame loses and doubles nothing", async () => {
    const sockets = [await scene.connect(), await scene.connect()] as const
    aws().gateway.faults.post = () => ({ delayMs: 12 })
    const ack = await scene.start(sockets[0], { model: scene.model({ text: words.repeat(5), intervalMs: 2 }) })
    acked(await sockets[1].act({ action: "run.follow", runId: ack.runId, after: 0 }))
    const [events, others] = await Promise.all(sockets.map((socket) => socket.ended(ack.runId)))
    expect(others).toEqual(events)
    await expectWhole(ack, events ?? [])
  })

  it.each([
    [429, "LimitExceededException"],
    [500, "InternalServerErrorException"],
  ])("[G1, G2] refuses two of three frames with %i loses and doubles nothing", async (status, type) => {
    const socket = await scene.connect()
    let posts = 0
    aws().gateway.faults.post = () => ((posts += 1) % 3 === 0 ? undefined : { status, type })
    await expectAnswered(socket)
    expect(posts).toBeGreaterThan(20)
  })

  it("[G1, G4] has lost a connection goes on for the others, and the one that comes back misses nothing", async () => {
    const lost = await scene.connect()
    const [lostId = ""] = aws().gateway.connections().slice(-1)
    const other = await scene.connect()
    const ack = await scene.start(lost, { model: scene.model({ ...slowly, holdAfter: 20 }) })
    acked(await other.act({ action: "run.follow", runId: ack.runId, after: 0 }))
    await Promise.all([lost, other].map((socket) => socket.said(ack.runId, "after the other")))
    await scene.runtime.upstream.held()
    let refused = 0
    aws().gateway.faults.post = (id) => {
      if (id !== lostId) return undefined
      refused += 1
      return { status: 410, type: "GoneException" }
    }
    scene.runtime.upstream.release()
    const events = await other.ended(ack.runId)
    const held = [...lost.log(ack.runId).events]
    expect(held.length).toBeLessThan(events.length)
    // of one that is gone nothing is tried again and again
    expect(refused).toBeLessThanOrEqual(3)
    aws().gateway.faults.post = () => undefined
    const back = await scene.connect()
    acked(await back.act({ action: "run.follow", runId: ack.runId, after: held.length }))
    expect([...held, ...(await back.ended(ack.runId))]).toEqual(events)
    await expectWhole(ack, events)
  })

  it("[F1, G1] says something of its own is not heard by our client", async () => {
    const client = openClient()
    const run = client.start({ model: scene.model({ ...slowly, holdAfter: 10 }), ...asking("Who is there?") })
    await run.ack
    await scene.runtime.upstream.held()
    const { gateway } = aws()
    for (const message of ["Internal server error", "Endpoint request timed out", "Limit exceeded"]) {
      for (const id of gateway.connections()) gateway.sendOwn(id, message)
    }
    scene.runtime.upstream.release()
    const { parts } = await run.message()
    expect(JSON.stringify(parts)).toContain(words.trimEnd().slice(-40))
    client.close()
  })
})

describe("a worker that", () => {
  it("[G5, G1, G2] dies in the middle of an answer leaves every word it has said, and its runs are closed", async () => {
    const client = openClient()
    const socket = await scene.connect()
    const long = { text: words.repeat(20), intervalMs: 20 }
    const followed = client.start({ model: scene.model(long), ...asking("Followed?") })
    const { chatId, messageId } = (await followed.ack) as Ack
    const forgotten = await scene.start(socket, { model: scene.model(long) })
    await Promise.all([
      socket.said(forgotten.runId, "after the other"),
      new Promise<void>((resolve) => {
        followed.onEvents((from, events) => {
          if (JSON.stringify(events).includes("after the other") || from > 10) resolve()
        })
      }),
    ])
    const seen = [...socket.log(forgotten.runId).events]
    socket.drop()
    expect(
      await aws()
        .lambda.pool("worker")
        .kill(({ busy }) => busy),
    ).toBe(2)

    // who follows has it closed; the other run waits for the sweep
    const reduction = await followed.message()
    expect(reduction.end).toMatchObject({ status: "interrupted", error: { retryable: true } })
    await aws().sweep()
    for (const [ack, held] of [
      [forgotten, seen],
      [{ ...forgotten, runId: followed.runId, chatId, messageId }, []],
    ] as const) {
      const events = await scene.replay(ack.runId)
      expect(events.slice(0, held.length)).toEqual(held)
      expect(endOf(events)).toMatchObject({ status: "interrupted", error: { code: "interrupted", retryable: true } })
      expect(long.text.startsWith(textOf(events))).toBe(true)
      expect(textOf(events)).toContain("after the other")
      await scene.expectStored(ack, events)
    }
    client.close()
  }, 120_000)

  it("[G5] dies whenever it is called is given up: the run is closed for whoever follows", async () => {
    const socket = await scene.connect()
    let called = 0
    proxy.fault = ({ from }) => {
      if (from !== "worker") return undefined
      called += 1
      void aws()
        .lambda.pool("worker")
        .kill(({ busy }) => busy)
      return "silent"
    }
    const ack = await scene.start(socket)
    const events = await socket.ended(ack.runId)
    expect(endOf(events)).toMatchObject({ status: "failed", error: { code: "model_unavailable", retryable: true } })
    expect(called).toBeGreaterThanOrEqual(3)
    await expectWhole(ack, events)
  })
})

describe("calls that nobody waits for", () => {
  it("[G1, A13] and that come three times, one beside the other, are one answer", async () => {
    const socket = await scene.connect()
    aws().lambda.faults.copies = 3
    const model = scene.model(slowly)
    await expectAnswered(socket, { model })
    await aws().lambda.settled()
    expect(scene.asked(model)).toHaveLength(1)
  })

  it("[G1, A13, A2] and that come late are one answer, also when the start was sent again meanwhile", async () => {
    const socket = await scene.connect()
    const before = aws().lambda.pool("worker").invocations
    Object.assign(aws().lambda.faults, { copies: 2, delayMs: 3500 })
    const model = scene.model(slowly)
    const start = startOf({ model })
    let ack = acked(await socket.act(start))
    while (ack.status === "queued") ack = acked(await socket.act(start))
    const events = await socket.ended(start.runId)
    await aws().lambda.settled()
    expect([endOf(events).status, textOf(events)]).toEqual(["complete", words])
    expect(aws().lambda.pool("worker").invocations - before).toBeGreaterThan(2)
    expect(scene.asked(model)).toHaveLength(1)
    await expectWhole(ack, events)
  })
})
