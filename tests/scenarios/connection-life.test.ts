import { describe, expect, it } from "vitest"
import type { RawSocket } from "../support/raw-client.ts"
import { runtimeKind } from "../support/runtime.ts"
import { endOf, textOf } from "./run-rules.ts"
import { acked, useScene } from "./scene.ts"
import type { Scene } from "./scene.ts"

/** Much less than the page's 10 minutes and 2 hours, and still much more than this machine is ever busy at a stretch. */
const limit = runtimeKind === "local" ? 4000 : 6000

const soon = { sweepEveryMs: 500 }
const words = { text: "A long way to go, and a rest on it. ".repeat(20), holdAfter: 3 }
/** How often a round was made before the connection closed. */
async function untilClosed(socket: RawSocket, round: () => Promise<unknown>): Promise<number> {
  let rounds = 0
  for (; socket.closeCode === undefined; rounds += 1) await round()
  return rounds
}

/** A run that is held where a connection has seen its first words. */
async function heldRun(scene: Scene, socket: RawSocket) {
  const ack = await scene.start(socket, { model: scene.model(words) })
  await socket.said(ack.runId, "A long")
  return ack
}

/** Goes on with a run on a connection of its own, from what another one held. */
async function goOn(scene: Scene, from: RawSocket, { runId }: { runId: string }) {
  const held = [...from.log(runId).events]
  const socket = await scene.connect()
  acked(await socket.act({ action: "run.follow", runId, after: held.length }))
  scene.runtime.upstream.release()
  return [...held, ...(await socket.ended(runId))]
}

describe("a silent connection", () => {
  const scene = useScene({ connections: { idle: limit }, ...soon })

  it("[C6] is closed although it receives frames, while one that pings goes on", async () => {
    const [silent, pinging] = [await scene.connect(), await scene.connect()]
    const { chatId } = (await scene.run(pinging)).ack
    for (let time = 1; time <= 2; time += 1) {
      const listening = time === 1 ? silent : await scene.connect()
      let titles = 0
      await untilClosed(listening, async () => {
        titles += 1
        await scene.http("PATCH", `/api/chats/${chatId}`, { body: { title: `Title ${titles}` } })
        await pinging.roundTrip()
      })
      expect(listening.frames.filter(({ type }) => type === "chat").length).toBeGreaterThan(titles / 2)
    }
    expect(pinging.closeCode).toBeUndefined()
  })

  it("[C6, G1, G4] comes back and follows on where it was, and nothing is lost", async () => {
    const [silent, pinging] = [await scene.connect(), await scene.connect()]
    const ack = await heldRun(scene, silent)
    await untilClosed(silent, async () => pinging.roundTrip())
    const events = await goOn(scene, silent, ack)
    expect([textOf(events), endOf(events).status]).toEqual([words.text, "complete"])
    expect(events).toEqual(await scene.replay(ack.runId))
    await scene.expectStored(ack, events)
  })
})

describe("an old connection", () => {
  const scene = useScene({ connections: { life: limit }, ...soon })

  it("[C6, G1, G4] is closed however much it says, and its run goes on for the next one", async () => {
    const old = await scene.connect()
    const ack = await heldRun(scene, old)
    expect(await untilClosed(old, async () => gone(old.act({ action: "ping" })))).toBeGreaterThan(10)
    const events = await goOn(scene, old, ack)
    expect([textOf(events), endOf(events).status]).toEqual([words.text, "complete"])
    expect(events).toEqual(await scene.replay(ack.runId))
    await scene.expectStored(ack, events)
  })

  /** An answer, or none where the connection closed meanwhile. */
  async function gone(answer: Promise<unknown>): Promise<void> {
    await answer.catch((thrown: unknown) => {
      if (!String(thrown).includes("closed with")) throw thrown
    })
  }
})
