import { describe, expect, it } from "vitest"
import { choose } from "./choose.ts"
import type { Sight } from "./choose.ts"
import type { NodeReport, PoolNode } from "./node.ts"
import { defaultPoolSettings as settings } from "./settings.ts"

const now = 1_000_000
const gigabytes = 1e9
const disk = [
  { name: "small:4b", bytes: 3 * gigabytes },
  { name: "other:4b", bytes: 3 * gigabytes },
  { name: "large:14b", bytes: 9 * gigabytes },
]

type Some = Partial<Omit<PoolNode, "report">> & { report?: Partial<NodeReport> }

/** A healthy server of 12 GB that has these models in memory, and answers two at once. */
function node(nodeId: string, loaded: string[] = [], { report, ...rest }: Some = {}): PoolNode {
  const inMemory = loaded.map((name) => ({
    name,
    gpuBytes: (disk.find((each) => each.name === name)?.bytes ?? 0) * 1.2,
  }))
  return {
    ...{ nodeId, address: `http://${nodeId}`, rev: 0, beat: 2, seen: { beat: 1, at: now } },
    ...{ slots: {}, failures: 0, used: {}, ...rest },
    report: { healthy: true, disk, loaded: inMemory, parallel: 2, gpuMemory: 12 * gigabytes, ...report },
  }
}

const slots = (model: string, count: number): PoolNode["slots"] =>
  Object.fromEntries(
    Array.from({ length: count }, (_, at) => [`run_${model}_${at}`, { model, userId: "u", until: now + 1 }]),
  )

function chosen(model: string, nodes: PoolNode[], more: Partial<Sight> = {}) {
  const choice = choose(model, { nodes, now, settings, sizes: new Map(), canStart: false, ...more })
  const { kind, waitMs } = { waitMs: 0, ...choice }
  return {
    kind,
    waitMs,
    ...("node" in choice && { on: choice.node.nodeId }),
    ...(choice.kind === "load" && { evict: choice.evict, joined: choice.joined }),
  }
}

describe("a question", () => {
  it("goes to the server that has its model, and of two to the less busy one", () => {
    expect(chosen("small:4b", [node("a"), node("b", ["small:4b"])])).toMatchObject({ kind: "answer", on: "b" })
    const busy = node("a", ["small:4b"], { slots: slots("small:4b", 1) })
    expect(chosen("small:4b", [busy, node("b", ["small:4b"])])).toMatchObject({ kind: "answer", on: "b" })
    const counted = { uncounted: new Map([["b", 3]]) }
    expect(chosen("small:4b", [busy, node("b", ["small:4b"])], counted)).toMatchObject({ on: "a" })
  })

  it("waits where its model is for a share of an answer, and longer behind others", () => {
    const full = node("a", ["small:4b"], { slots: slots("small:4b", 2), answerMs: 8000 })
    expect(chosen("small:4b", [full])).toMatchObject({ kind: "wait", on: "a", waitMs: 4000 })
    expect(chosen("small:4b", [full], { ahead: 3 })).toMatchObject({ kind: "wait", waitMs: 16_000 })
  })

  it("has its model loaded on another server once the line is longer than that takes", () => {
    const full = node("a", ["small:4b"], { slots: slots("small:4b", 2), answerMs: 8000 })
    expect(chosen("small:4b", [full, node("b")], { ahead: 1 })).toMatchObject({ kind: "wait", on: "a" })
    expect(chosen("small:4b", [full, node("b")], { ahead: 8 })).toMatchObject({ kind: "load", on: "b", evict: [] })
  })

  it("joins a load of its model that is under way or wanted", () => {
    const loading = { model: "small:4b", step: "load" as const, elapsedMs: 1000, etaMs: 3000 }
    const under = node("a", [], { report: { loading } })
    expect(chosen("small:4b", [under, node("b")])).toMatchObject({ kind: "load", on: "a", joined: true, waitMs: 3000 })
    const wanted = node("a", [], { want: { number: 1, model: "small:4b", at: now, evict: [] } })
    expect(chosen("small:4b", [wanted])).toMatchObject({ kind: "load", joined: true })
    expect(chosen("other:4b", [wanted])).toMatchObject({ kind: "wait", on: "a" })
  })

  it("prefers room that is free, and takes out what was asked longest ago", () => {
    const two = node("a", ["small:4b", "other:4b"], { used: { "small:4b": now - 1000, "other:4b": now - 900_000 } })
    expect(chosen("large:14b", [two, node("b")])).toMatchObject({ kind: "load", on: "b", evict: [] })
    const memory = { report: { gpuMemory: 15 * gigabytes } }
    const roomy = node("a", ["small:4b", "other:4b"], { used: two.used, ...memory })
    expect(chosen("large:14b", [roomy])).toMatchObject({ kind: "load", evict: ["other:4b"] })
  })

  it("takes out what another server has too, before what only this one has", () => {
    const used = { "small:4b": now - 1000, "other:4b": now - 2000 }
    const one = node("a", ["small:4b", "other:4b"], { used, report: { gpuMemory: 15 * gigabytes } })
    const copy = node("b", ["small:4b"], { slots: slots("small:4b", 1), report: { gpuMemory: 5 * gigabytes } })
    expect(chosen("large:14b", [one, copy])).toMatchObject({ kind: "load", on: "a", evict: ["small:4b"] })
  })

  it("waits for what is in use, until it has waited long", () => {
    const used = node("a", ["small:4b", "other:4b"], { slots: slots("small:4b", 1) })
    expect(chosen("large:14b", [used])).toMatchObject({ kind: "wait", on: "a" })
    expect(chosen("large:14b", [used], { insists: true })).toMatchObject({
      kind: "load",
      evict: ["other:4b", "small:4b"],
    })
  })

  it("is never sent to a model that is about to be taken out", () => {
    const want = { number: 1, model: "large:14b", at: now, evict: ["small:4b"] }
    expect(chosen("small:4b", [node("a", ["small:4b"], { want })])).toMatchObject({ kind: "wait" })
    const done = node("a", ["small:4b"], { want, report: { handled: 1 } })
    expect(chosen("small:4b", [done])).toMatchObject({ kind: "answer" })
  })

  it("has a server started when none has room for it, or waiting would take longer", () => {
    const sizes = new Map([["huge:70b", 40 * gigabytes]])
    expect(chosen("huge:70b", [node("a")], { sizes })).toMatchObject({ kind: "none" })
    expect(chosen("huge:70b", [node("a")], { sizes, canStart: true })).toMatchObject({ kind: "start" })
    const slow = node("a", ["small:4b"], { slots: slots("small:4b", 2), answerMs: 600_000 })
    expect(chosen("small:4b", [slow], { canStart: true })).toMatchObject({ kind: "start" })
  })

  it("goes to no server that drains, is ill, rests, is silent or has just failed it", () => {
    const nodes = [
      node("drains", ["small:4b"], { draining: { reason: "spot", at: now } }),
      node("ill", ["small:4b"], { report: { healthy: false } }),
      node("rests", ["small:4b"], { failures: 3, restsUntil: now + 1 }),
      node("probed", ["small:4b"], { failures: 3, restsUntil: now - 1, slots: slots("small:4b", 1) }),
      node("silent", ["small:4b"], { seen: { beat: 2, at: now - settings.heardFor } }),
    ]
    expect(chosen("small:4b", nodes)).toMatchObject({ kind: "none" })
    const sight = { nodes: [node("a", ["small:4b"])], now, settings, sizes: new Map<string, number>(), canStart: false }
    expect(choose("small:4b", sight, new Set(["a"]))).toEqual({ kind: "none", down: [] })
  })
})
