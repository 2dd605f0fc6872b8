import { describe, expect, it } from "vitest"
import { alice, scene } from "../../../test/scene.ts"
import type { Frame } from "../../../test/scene.ts"
import { createCloserFunction } from "./closer.ts"
import { createScheduleFunction } from "./schedule.ts"
import { createSocketFunction } from "./socket.ts"
import { createWorkerFunction } from "./worker.ts"

const runId = "run_01ARZ3NDEKTSV4RRFFQ69G5FAV"
const minutes = 60_000
const remaining = (ms: number) => ({ getRemainingTimeInMillis: () => ms })

/** A run that was started on a socket and waits for a worker. */
async function started() {
  const all = scene()
  const body = {
    action: "run.start",
    id: "s",
    runId,
    model: "demo/tour",
    message: { parts: [{ type: "text", text: "Hi" }] },
  }
  const requestContext = { eventType: "MESSAGE", connectionId: "c1=", authorizer: alice }
  await createSocketFunction(all.runtime)({ requestContext, body: JSON.stringify(body) })
  const events = () =>
    all.frames
      .flatMap(({ frame }) => (frame.type === "run" ? (frame["events"] as Frame[]) : []))
      .map(({ type }) => type)
  const status = async () => (await all.ports.table.get({ pk: `RUN#${runId}`, sk: "STATE" }))?.["status"]
  return { ...all, events, status }
}

describe("the worker", () => {
  it("answers the run that it is called for, once, however often it is called", async () => {
    const { runtime, dispatched, events, status } = await started()
    expect(dispatched).toEqual([{ runId, turn: 0 }])
    const work = createWorkerFunction(runtime)
    await work(dispatched[0], remaining(15 * minutes))
    expect([events().at(0), events().at(-1), await status()]).toEqual(["start", "finish", "complete"])
    const told = events().length
    await work(dispatched[0], remaining(15 * minutes))
    expect(events()).toHaveLength(told)
  })

  it("hands over what it has no time for", async () => {
    const { runtime, dispatched, status } = await started()
    await createWorkerFunction(runtime)(dispatched[0], remaining(2 * minutes))
    expect([await status(), dispatched]).toMatchObject(["queued", [{ turn: 0 }, { turn: 1 }]])
    await createWorkerFunction(runtime)(dispatched[1], remaining(15 * minutes))
    expect(await status()).toBe("complete")
  })

  it("refuses what is no work", async () => {
    const { runtime } = scene()
    for (const work of [undefined, {}, { runId: "run_1", turn: 0 }, { runId, turn: -1 }]) {
      const refused = createWorkerFunction(runtime)(work, remaining(minutes))
      await expect(refused).rejects.toMatchObject({ name: "ValiError" })
    }
  })
})

describe("the closer", () => {
  const failed = (requestPayload: unknown) => ({
    version: "1.0",
    requestContext: { condition: "RetriesExhausted", approximateInvokeCount: 3 },
    requestPayload,
    responsePayload: { errorType: "Error" },
  })

  it("ends the run that no worker took, and tells those who follow it", async () => {
    const { runtime, dispatched, events, status } = await started()
    const close = createCloserFunction(runtime)
    await close(failed(dispatched[0]))
    expect([events().at(-1), await status()]).toEqual(["error", "failed"])
    const told = events().length
    await close(failed(dispatched[0]))
    expect(events()).toHaveLength(told)
  })

  it("leaves alone what somebody works on, until its lease is over", async () => {
    const { runtime, ports, dispatched, time, status, log } = await started()
    const key = { pk: `RUN#${runId}`, sk: "STATE" }
    const leaseUntil = ports.clock.now() + 20_000
    await ports.table.update(key, { set: { status: "running", turn: 1, owner: "w", leaseUntil } })
    const close = createCloserFunction(runtime)
    await close(failed(dispatched[0]))
    expect([await status(), log.some((line) => line.startsWith("run-left-to-sweep"))]).toEqual(["running", true])
    time.ahead = 23_000
    await close(failed(dispatched[0]))
    expect(await status()).toBe("interrupted")
  })

  it("leaves alone what waits for another turn, and what is not known", async () => {
    const { runtime, dispatched, status } = await started()
    const close = createCloserFunction(runtime)
    await close(failed({ ...dispatched[0], turn: 7 }))
    await close(failed({ runId: "run_01ARZ3NDEKTSV4RRFFQ69G5FAW", turn: 0 }))
    expect(await status()).toBe("queued")
    await expect(close({})).rejects.toMatchObject({ name: "ValiError" })
  })
})

describe("the schedule", () => {
  it("brings a run that was forgotten to a worker again", async () => {
    const { runtime, dispatched, time } = await started()
    await createScheduleFunction(runtime)()
    expect(dispatched).toHaveLength(1)
    time.ahead = 15_000
    await createScheduleFunction(runtime)()
    expect(dispatched).toHaveLength(2)
  })
})
