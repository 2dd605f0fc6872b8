import fc from "fast-check"
import { expect, it } from "vitest"
import type { Event, RawSocket } from "../support/raw-client.ts"
import { runtimeKind } from "../support/runtime.ts"
import { ChaosFollower } from "./chaos-follower.ts"
import type { Course } from "./chaos-follower.ts"
import { schedule } from "./chaos-schedule.ts"
import type { Schedule } from "./chaos-schedule.ts"
import { newId } from "./ids.ts"
import { endOf, textOf } from "./run-rules.ts"
import { acked, question, startOf, useScene } from "./scene.ts"
import type { Ack } from "./scene.ts"

const scene = useScene()

/** Schedules at the same time, over the one server; with three connections each they are fewer than a user may have. */
const together = 5
/** On AWS a schedule takes ten processes instead of none. */
const batches = runtimeKind === "local" ? 104 : 20
/** There events come in fewer and larger frames, so that runs must be longer for as much to fall into them. */
const pace = runtimeKind === "local" ? 1 : 5

/** Sends the start as the schedule has it; resolves with the connection that follows, and all that was answered. */
async function begin(each: Schedule, start: Course["start"]): Promise<{ socket: RawSocket; acks: Ack[] }> {
  const socket = await scene.connect()
  const other = each.begin === "two connections" ? await scene.connect() : undefined
  const sent = [socket.act(start)]
  if (each.begin === "twice") sent.push(socket.act(start))
  if (other !== undefined) sent.push(other.act(start))
  if (each.begin === "both doors") {
    const { action: _, ...body } = start
    const posted = await scene.http("POST", "/api/runs", { body })
    expect(posted.status).toBe(202)
    sent.push(Promise.resolve({ type: "ack", id: "", ...(posted.body as object) }))
  }
  const acks = (await Promise.all(sent)).map(acked)
  other?.drop()
  return { socket, acks }
}

/** Plays one schedule to its end. @throws when a promise of the page is broken */
async function play(each: Schedule): Promise<void> {
  const runId = newId("run")
  const text = `${runId}: ${"词语, ž🜂. ".repeat(each.chunks)}`
  const model = scene.model({ text, intervalMs: pace * each.intervalMs, charactersPerChunk: 9 })
  const start = startOf({ runId, model, message: question(`About ${runId}?`) })
  const { socket, acks } = await begin(each, start)
  const [ack] = acks
  if (ack === undefined) throw new Error("no ack")
  for (const same of acks) {
    const { chatId, messageId, userMessageId } = ack
    expect(same).toMatchObject({ runId, chatId, messageId, userMessageId })
  }
  // a reader that never leaves tells how far the run is
  const witness = await scene.sse(`/api/runs/${runId}/events`)
  const course: Course = {
    start,
    stops: 0,
    moves: 0,
    over: () => witness.ended,
    made: async (count) => {
      const isMade = () => witness.ended || witness.entries.length >= count || undefined
      await witness.until(isMade, `event ${count} of ${runId}`)
    },
  }
  const followers = await Promise.all(
    each.followers.map(async (steps, index) => {
      const own = index === 0 ? socket : await scene.connect()
      if (index > 0) acked(await own.act({ action: "run.follow", runId, after: 0 }))
      return { steps, follower: new ChaosFollower(scene, course, own) }
    }),
  )
  await Promise.all(followers.map(async ({ steps, follower }) => follower.follow(steps)))

  await witness.whole()
  const events = witness.events.map(({ event }) => event as Event)
  for (const { follower } of followers) {
    expect(follower.problems).toEqual([])
    expect(follower.held).toEqual(events)
  }
  const { status } = endOf(events)
  expect(course.stops > 0 ? ["complete", "stopped"] : ["complete"]).toContain(status)
  expect(status === "complete" ? textOf(events) === text : text.startsWith(textOf(events))).toBe(true)
  await scene.expectStored(ack, events)
  const asked = scene.runtime.upstream.asked().filter(({ body }) => JSON.stringify(body).includes(runId))
  expect(asked.length).toBeLessThanOrEqual(1)
  // a stop may come when the model has said its last word already, or before its first
  const ended = asked[0] === undefined ? "never asked" : await asked[0].ended
  expect(status === "complete" ? ["answered"] : ["answered", "left", "never asked"]).toContain(ended)
  tally.moves += course.moves
  tally[status === "complete" ? "complete" : "stopped"] += 1
  for (const { follower } of followers) follower.leave()
}

const tally = { moves: 0, complete: 0, stopped: 0 }

it(`[G1, G2, G4, A13, E5] ${together * batches} random schedules: every number once, in order, and the text that is stored`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(schedule, { minLength: together, maxLength: together }), async (schedules) => {
      await Promise.all(schedules.map(play))
      await scene.check()
    }),
    { numRuns: batches, interruptAfterTimeLimit: 200_000, markInterruptAsFailure: true },
  )
  // the schedules are not so short that nothing falls into their runs
  expect(tally.moves).toBeGreaterThan(2 * batches)
  expect(Math.min(tally.complete, tally.stopped)).toBeGreaterThan(batches / 4)
}, 240_000)
