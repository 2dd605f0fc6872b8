import type { NodeReport } from "@omnichat/core/pool/node"
import { readNode, removeNode } from "@omnichat/core/pool/store"
import { memoryTable } from "@omnichat/core/store/memory"
import { describe, expect, test } from "vitest"
import { agentModels, agentScene, gate, nodeId, useStandIns } from "./agent-scene.ts"

const seconds = 1000
const minutes = 60 * seconds

const standInWith = useStandIns()

const { small, other } = agentModels

describe("an agent's own life", () => {
  test("a clock 5 minutes off changes nothing that it says or does", async () => {
    const said = async (start: number) => {
      const load = gate()
      const standIn = await standInWith([small, { ...other, load: () => load.passed }])
      const { beat, want, clock, logged } = agentScene(standIn, { start })
      const reports: (NodeReport | undefined)[] = [(await beat()).report]
      await want(1, "other:7b")
      reports.push((await beat()).report)
      await standIn.received("/api/generate")
      clock.advance(3 * seconds)
      reports.push((await beat()).report)
      load.open()
      await logged("pool-model-ready")
      const last = await beat()
      return JSON.stringify([...reports, last])
    }
    const now = 1_700_000_000_000
    const right = await said(now)
    expect(await said(now + 5 * minutes)).toBe(right)
    expect(await said(now - 5 * minutes)).toBe(right)
  })

  test("an agent that starts again knows what it was done with", async () => {
    const standIn = await standInWith([{ ...other, load: () => Promise.reject(new Error("broken")) }])
    const first = agentScene(standIn)
    await first.beat()
    await first.want(1, "other:7b")
    await first.beat()
    await first.logged("pool-model-failed")
    await first.beat()
    const second = agentScene(standIn, { table: first.table })
    const { report } = await second.beat()
    expect(report).toMatchObject({ handled: 1, failed: { model: "other:7b" } })
    await second.beat()
    expect(standIn.loads).toEqual(["other:7b"])
  })

  test("a server that was taken out of the pool and is back there answers wants from 1 again", async () => {
    const standIn = await standInWith([other])
    const { beat, want, logged, table } = agentScene(standIn)
    await beat()
    await want(1, "other:7b")
    await beat()
    await logged("pool-model-ready")
    await beat()
    await removeNode(table, nodeId)
    expect((await beat()).beat).toBe(1)
    expect((await beat()).report).not.toHaveProperty("handled")
    await want(1, "other:7b")
    await beat()
    await logged("pool-model-ready", 2)
  })

  test("it beats every 5 s, at once when poked, and every second while something is on its way", async () => {
    const load = gate()
    const standIn = await standInWith([{ ...other, load: () => load.passed }])
    const { agent, clock, want, waits, table } = agentScene(standIn)
    const beats = async () => (await readNode(table, nodeId))?.beat
    const life = new AbortController()
    const ran = agent.run(life.signal)
    await waits(5 * seconds)
    expect(await beats()).toBe(1)
    agent.poke()
    await waits(5 * seconds, 2)
    expect(await beats()).toBe(2)
    await want(1, "other:7b")
    clock.advance(5 * seconds)
    await waits(1 * seconds)
    await standIn.received("/api/generate")
    clock.advance(1 * seconds)
    await waits(1 * seconds, 2)
    expect(await beats()).toBe(4)
    // What was loaded is told at once.
    load.open()
    await waits(5 * seconds, 3)
    expect(await readNode(table, nodeId)).toMatchObject({ beat: 5, report: { handled: 1 } })
    life.abort()
    await ran
  })

  test("a table that takes nothing is tried again, later and later, and ends nothing", async () => {
    const inner = memoryTable({ now: Date.now })
    let isBroken = true
    const update: typeof inner.update = (...given) =>
      isBroken ? Promise.reject(new Error("no table today")) : inner.update(...given)
    const given = { table: { ...inner, update } }
    const { agent, clock, logged, waits, lastWait, table } = agentScene(await standInWith([small]), given)
    const life = new AbortController()
    const ran = agent.run(life.signal)
    for (const [failures, pause] of [500, 1000, 2000, 4000, 8000, 10_000, 10_000].entries()) {
      await logged("pool-report-failed", failures + 1)
      expect(lastWait()).toBe(pause)
      if (failures < 6) clock.advance(pause)
    }
    isBroken = false
    clock.advance(10_000)
    await waits(5 * seconds)
    expect((await readNode(table, nodeId))?.beat).toBe(1)
    life.abort()
    await ran
  })

  test("at its end it breaks off what is on its way, and says goodbye if it is to", async () => {
    const standIn = await standInWith([{ ...other, load: () => new Promise(() => {}) }])
    for (const saysGoodbye of [true, false]) {
      const { agent, beat, want, table } = agentScene(standIn, { settings: { saysGoodbye } })
      await beat()
      await want(1, "other:7b")
      const life = new AbortController()
      const ran = agent.run(life.signal)
      const asked = await standIn.received("/api/generate", saysGoodbye ? 1 : 2)
      life.abort()
      await ran
      expect(await asked.ended).toBe("left")
      expect((await readNode(table, nodeId)) === undefined).toBe(saysGoodbye)
    }
  })
})
