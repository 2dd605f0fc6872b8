import { describe, expect, it } from "vitest"
import { hastyClock } from "../../../../tests/support/manual-clock.ts"
import { keys } from "../store/keys.ts"
import { memoryTable } from "../store/memory.ts"
import { callFromLine } from "./call.ts"
import type { Called } from "./line.ts"
import type { DrivePorts } from "./ports.ts"
import { defaultPoolSettings as settings } from "./settings.ts"
import { markCalled, readPool, standInLine } from "./store.ts"

const quiet = () => {}
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet }
const now = hastyClock.now()
const runId = "run_1"
const announcer = { tell: quiet, isTelling: () => false, forget: quiet, settled: () => Promise.resolve() }

/** A server with the model in memory and two places, and a run that stands in line for it. */
async function scene(run: { status: string; turn: number; stop?: true } | undefined) {
  const [table, runs] = [memoryTable({ now: hastyClock.now }), memoryTable({ now: hastyClock.now })]
  const dispatched: number[] = []
  if (run !== undefined) await runs.put({ ...keys.run(runId), runId, followers: {}, ...run })
  const report = { healthy: true, disk: [{ name: "m:4b", bytes: 3e9 }], loaded: [{ name: "m:4b" }], parallel: 2 }
  const known = { nodeId: "gpu-0", address: "http://gpu-0", rev: 0, beat: 1, slots: {}, failures: 0, used: {} }
  await table.put({ ...keys.poolNode("gpu-0"), ...known, report })
  await standInLine(table, { runId, turn: 1, userId: "u" }, { model: "m:4b", rank: 3, since: now, expiresAt: 9e9 })
  const wake = { notify: quiet, listen: () => quiet, isHeard: () => false }
  const ports: DrivePorts = {
    ...{ table, clock: hastyClock, log, metrics: { count: quiet, observe: quiet }, wake, settings, sizes: new Map() },
    drive: () => Promise.resolve(),
    runs: {
      table: runs,
      dispatcher: { dispatch: ({ turn }: { turn: number }) => Promise.resolve(void dispatched.push(turn)) },
    } as unknown as DrivePorts["runs"],
  }
  return {
    dispatched,
    look: async () => callFromLine(ports, await readPool(table), announcer),
    items: () => readPool(table),
    /** It was called to a place, and this is when. */
    called: async (at: number) => {
      const { waiting, nodes } = await readPool(table)
      const slot = { model: "m:4b", userId: "u", until: now + 1000, reserved: true }
      await table.update(keys.poolNode("gpu-0"), { set: { slots: { [runId]: slot } } })
      const called: Called = { at, nodeId: nodes[0]?.nodeId ?? "" }
      if (waiting[0] !== undefined) await markCalled(table, waiting[0], called)
    },
  }
}

describe("a look at the line", () => {
  it("keeps a place for who is first, sends it there, and remembers how far the line is", async () => {
    const { look, items, dispatched } = await scene({ status: "queued", turn: 1 })
    expect(await look()).toMatchObject({ waiting: 1, needServer: 0 })
    const { nodes, waiting, state } = await items()
    expect(nodes[0]?.slots).toMatchObject({ [runId]: { reserved: true } })
    expect(waiting[0]?.called).toMatchObject({ nodeId: "gpu-0" })
    expect([dispatched, state.served]).toEqual([[1], 3])
  })

  it("calls nobody whose worker has not let go of the run yet", async () => {
    const { look, dispatched } = await scene({ status: "running", turn: 1 })
    expect(await look()).toMatchObject({ waiting: 1 })
    expect(dispatched).toEqual([])
  })

  it("leaves the place alone to which a run is on its way, though its record is further already", async () => {
    const { look, items, called } = await scene({ status: "running", turn: 2 })
    await called(now)
    await look()
    const { nodes, waiting } = await items()
    expect([Object.keys(nodes[0]?.slots ?? {}), waiting.length]).toEqual([[runId], 1])
  })

  it("calls once more who does not come, for what was sent may be lost", async () => {
    const { look, dispatched, called } = await scene({ status: "queued", turn: 1 })
    await called(now - settings.reservation / 2)
    await look()
    expect(dispatched).toEqual([1])
    await look()
    expect(dispatched).toEqual([1])
  })

  for (const [why, run] of [
    ["has ended", { status: "complete", turn: 2 }],
    ["was stopped", { status: "queued", turn: 1, stop: true as const }],
    ["is not there", undefined],
  ] as const) {
    it(`lets a run go that ${why}, with the place that was kept for it`, async () => {
      const { look, items, called } = await scene(run)
      await called(now)
      expect(await look()).toMatchObject({ waiting: 0 })
      const { nodes, waiting } = await items()
      expect([nodes[0]?.slots, waiting]).toEqual([{}, []])
    })
  }
})
