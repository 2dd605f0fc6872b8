import { readNode } from "@omnichat/core/pool/store"
import { describe, expect, test } from "vitest"
import type { OllamaModel, OllamaStandInOptions } from "../support/ollama-stand-in.ts"
import { agentModels, agentScene, gate, nodeId, useStandIns } from "./agent-scene.ts"

const gigabyte = 1e9
const seconds = 1000
const minutes = 60 * seconds

const standInWith = useStandIns()

const { small, other } = agentModels

describe("what it reports", () => {
  test("rule 1: its server, what is in memory and on the disk, and what its machine says", async () => {
    const standIn = await standInWith([{ ...small, memoryBytes: 4 * gigabyte, gpuBytes: 3 * gigabyte }, other])
    const facts = { parallel: 2, gpuMemory: 24 * gigabyte, gpu: { name: "A10G", use: 0.4 }, dollarsPerHour: 1 }
    const { beat } = agentScene(standIn, { facts })
    expect(await beat()).toMatchObject({ nodeId, address: "http://10.0.0.1:11434", beat: 1, rev: 0 })
    const { report, beat: count } = await beat()
    expect([count, report]).toEqual([
      2,
      {
        healthy: true,
        version: "0.40.0",
        loaded: [{ name: "small:latest", bytes: 4 * gigabyte, gpuBytes: 3 * gigabyte, contextLength: 4096 }],
        disk: [
          { name: "small:latest", bytes: 3 * gigabyte },
          { name: "other:7b", bytes: 6 * gigabyte },
        ],
        ...facts,
      },
    ])
  })

  test("that a server cannot say what it has in memory", async () => {
    const { beat } = agentScene(await standInWith([small], { without: ["GET /api/ps"] }))
    const { report } = await beat()
    expect(report).toMatchObject({ healthy: true, disk: [{ name: "small:latest" }] })
    expect(report).not.toHaveProperty("loaded")
  })

  test("agent alive, Ollama dead: not healthy, why, and what is on the disk all the same; and that it is back", async () => {
    const standIn = await standInWith([small])
    const { beat } = agentScene(standIn)
    await beat()
    await standIn.close()
    const { report } = await beat()
    expect(report).toEqual({
      healthy: false,
      error: expect.stringMatching(/does not answer \(ECONNREFUSED\)/) as string,
      loaded: [],
      disk: [{ name: "small:latest", bytes: 3 * gigabyte }],
    })
    await standInWith([small], { port: Number(new URL(standIn.url).port) })
    expect((await beat()).report).toMatchObject({ healthy: true, loaded: [{ name: "small:latest" }] })
  })

  test("Ollama alive, agent dead: the count stands still, which is all that others go by", async () => {
    const { agent, table, clock, waits } = agentScene(await standInWith([small]))
    const life = new AbortController()
    const ran = agent.run(life.signal)
    await waits(5 * seconds)
    life.abort()
    await ran
    clock.advance(10 * minutes)
    expect(await readNode(table, nodeId)).toMatchObject({ beat: 1, report: { healthy: true } })
  })

  test("rule 5: a server that does not say its version within 2 s is not healthy", async () => {
    const standIn = await standInWith([small])
    const { beat, clock } = agentScene(standIn)
    standIn.hanging.add("GET /api/version")
    const told = beat()
    await standIn.received("/api/version")
    clock.advance(2 * seconds)
    expect((await told).report).toMatchObject({
      healthy: false,
      error: expect.stringMatching(/did not answer within 2 s/) as string,
    })
  })

  test("rule 8: that AWS takes the machine back", async () => {
    const { beat } = agentScene(await standInWith([small]), { facts: { spotNotice: true } })
    expect((await beat()).report).toMatchObject({ spotNotice: true })
  })

  test("what the machine said last, when it says nothing in time or fails", async () => {
    const answers = [
      async () => ({ parallel: 3 }),
      () => new Promise<never>(() => {}),
      () => Promise.reject(new Error("no driver")),
    ]
    const host = () => answers.shift()?.() ?? Promise.resolve({})
    const { beat, clock, waits } = agentScene(await standInWith([small]), { host })
    expect((await beat()).report?.parallel).toBe(3)
    const late = beat()
    await waits(6 * seconds, 2)
    clock.advance(6 * seconds)
    expect((await late).report?.parallel).toBe(3)
    expect((await beat()).report?.parallel).toBe(3)
    expect((await beat()).report).not.toHaveProperty("parallel")
  })
})

describe("a model that is wanted", () => {
  test("is loaded, told of while it loads, and done with", async () => {
    const load = gate()
    const standIn = await standInWith([small, { ...other, load: () => load.passed }])
    const { beat, want, clock, logged } = agentScene(standIn)
    await beat()
    await want(1, "other:7b")
    await beat()
    await standIn.received("/api/generate")
    clock.advance(5 * seconds)
    const { report } = await beat()
    // 6 GB at 300 MB/s are 20 s.
    expect(report?.loading).toEqual({
      model: "other:7b",
      step: "load",
      progress: 0.25,
      elapsedMs: 5 * seconds,
      etaMs: 15 * seconds,
    })
    expect(report?.loaded?.map(({ name }) => name)).toEqual(["small:latest"])
    expect(report).not.toHaveProperty("handled")
    load.open()
    await logged("pool-model-ready")
    const done = (await beat()).report
    expect(done).toMatchObject({ handled: 1, loaded: [{ name: "small:latest" }, { name: "other:7b" }] })
    expect(done).not.toHaveProperty("loading")
    expect(done).not.toHaveProperty("failed")
    expect(standIn.requests.find(({ path }) => path === "/api/generate")?.body).toEqual({
      model: "other:7b",
      stream: false,
    })
  })

  test("an estimate never goes back, and is never whole before the model is there", async () => {
    const loads = [gate(), gate()]
    const models = ["a:1", "b:1"].map((name, at) => ({ name, sizeBytes: 3e9, load: () => loads[at]!.passed }))
    const standIn = await standInWith(models)
    const { beat, want, clock, logged } = agentScene(standIn)
    await beat()
    await want(1, "a:1")
    await beat()
    await standIn.received("/api/generate")
    const seen: number[] = []
    for (const ms of [0, 1, 4, 4, 1, 0, 5, 60].map((one) => one * seconds)) {
      clock.advance(ms)
      const { loading } = (await beat()).report ?? {}
      seen.push(loading?.progress ?? -1)
      expect(loading?.etaMs).toBeGreaterThanOrEqual(0)
    }
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    expect([seen[0], seen.at(-1)]).toEqual([0, expect.closeTo(0.952, 2)])
    expect(Math.max(...seen)).toBeLessThanOrEqual(0.97)
    loads[0]!.open()
    await logged("pool-model-ready")
    // The first took 75 s, so this is what the second is thought to take.
    await want(2, "b:1")
    await beat()
    await standIn.received("/api/generate", 2)
    clock.advance(15 * seconds)
    expect((await beat()).report?.loading).toMatchObject({ progress: 0.2, etaMs: 60 * seconds })
    loads[1]!.open()
    await logged("pool-model-ready", 2)
  })

  test("what is to make room is taken out of memory first; what is not there is left alone", async () => {
    const standIn = await standInWith([small, other])
    const { beat, want, logged } = agentScene(standIn)
    await beat()
    await want(1, "other:7b", ["small", "gone:1b"])
    await beat()
    await logged("pool-model-ready")
    expect((await beat()).report?.loaded?.map(({ name }) => name)).toEqual(["other:7b"])
    const asked = standIn.requests.filter(({ path }) => path === "/api/generate").map(({ body }) => body)
    expect(asked).toEqual([
      { model: "small:latest", stream: false, keep_alive: 0 },
      { model: "other:7b", stream: false },
    ])
  })

  test("two wants at once load once, also when the second comes while the first is under way", async () => {
    const load = gate()
    const standIn = await standInWith([{ ...other, load: () => load.passed }])
    const { beat, want, logged } = agentScene(standIn)
    await beat()
    await want(1, "other:7b")
    await Promise.all([beat(), beat()])
    await standIn.received("/api/generate")
    await want(2, "other:7b")
    await beat()
    load.open()
    await logged("pool-model-ready")
    expect((await beat()).report).toMatchObject({ handled: 2 })
    expect([standIn.loads, standIn.count("/api/generate")]).toEqual([["other:7b"], 1])
  })

  test("another want waits until the one under way is done with", async () => {
    const load = gate()
    const standIn = await standInWith([small, { ...other, load: () => load.passed }, { name: "third:1b" }])
    const { beat, want, logged } = agentScene(standIn)
    await beat()
    await want(1, "other:7b")
    await beat()
    await standIn.received("/api/generate")
    await want(2, "third:1b")
    expect((await beat()).report?.loading?.model).toBe("other:7b")
    load.open()
    await logged("pool-model-ready")
    expect((await beat()).report).toMatchObject({ handled: 1 })
    await logged("pool-model-ready", 2)
    expect((await beat()).report).toMatchObject({ handled: 2 })
    expect(standIn.loads).toEqual(["other:7b", "third:1b"])
  })

  test("a detached load survives whoever asked for it: nobody's signal ends it", async () => {
    const load = gate()
    const standIn = await standInWith([{ ...other, load: () => load.passed }])
    const { beat, want, logged } = agentScene(standIn)
    await beat()
    await want(1, "other:7b")
    const asking = new AbortController()
    await beat(asking.signal)
    await standIn.received("/api/generate")
    asking.abort()
    load.open()
    await logged("pool-model-ready")
    expect(standIn.inMemory()).toEqual(["other:7b"])
  })

  test("a load that never ends is given up, says so, and the next want can come", async () => {
    const standIn = await standInWith([small, { ...other, load: () => new Promise(() => {}) }])
    const { beat, want, logged, clock, lines } = agentScene(standIn)
    await beat()
    await want(1, "other:7b")
    await beat()
    const asked = await standIn.received("/api/generate")
    // 5 min, and 2 min for 6 GB from the slowest disk.
    clock.advance(7 * minutes - 1)
    expect(lines.some((line) => line.startsWith("pool-model-failed"))).toBe(false)
    clock.advance(1)
    await logged("pool-model-failed")
    expect(await asked.ended).toBe("left")
    const { report } = await beat()
    expect(report).toMatchObject({ handled: 1, failed: { model: "other:7b" } })
    expect(report?.failed?.message).toMatch(/"other:7b" could not be loaded in time.*within 420 s/)
    await want(2, "small")
    await beat()
    await logged("pool-model-ready")
    const after = (await beat()).report
    expect(after).toMatchObject({ handled: 2 })
    expect(after).not.toHaveProperty("failed")
  })

  test.each<[string, Partial<OllamaModel>, OllamaStandInOptions]>([
    ["a server that does not load on its own account", {}, { without: ["POST /api/generate"] }],
    ["a model that only makes embeddings", { capabilities: ["embedding"] }, {}],
  ])("%s is done with: the first answer loads it", async (_, model, options) => {
    const standIn = await standInWith([{ ...other, ...model }], options)
    const { beat, want, logged } = agentScene(standIn)
    await beat()
    await want(1, "other:7b")
    await beat()
    await logged("pool-model-ready")
    const { report } = await beat()
    expect(report).toMatchObject({ handled: 1 })
    expect(report).not.toHaveProperty("failed")
  })

  test.each([
    ["llama runner process has terminated: signal: killed", /"other:7b" could not be loaded\..*signal: killed/],
    ["model requires more system memory (9 GiB) than is available (4 GiB)", /too large for the server's memory/],
  ])("a load that fails with %j says what to do", async (said, message) => {
    const standIn = await standInWith([{ ...other, load: () => Promise.reject(new Error(said)) }])
    const { beat, want, logged } = agentScene(standIn)
    await beat()
    await want(1, "other:7b")
    await beat()
    await logged("pool-model-failed")
    expect((await beat()).report?.failed?.message).toMatch(message)
  })

  test("waits while its server is down", async () => {
    const standIn = await standInWith([other])
    const { beat, want, logged } = agentScene(standIn)
    await beat()
    await want(1, "other:7b")
    await standIn.close()
    expect((await beat()).report).toMatchObject({ healthy: false })
    const again = await standInWith([other], { port: Number(new URL(standIn.url).port) })
    await beat()
    await logged("pool-model-ready")
    expect(again.loads).toEqual(["other:7b"])
  })
})

describe("a model that is not on the disk", () => {
  const layer = (digest: string, completed: number, total: number) => ({ status: "pulling", digest, completed, total })

  test("is downloaded, all layers counted, and then loaded", async () => {
    const [first, second, load] = [gate(), gate(), gate()]
    const standIn = await standInWith([small], {
      pulls: {
        "new:3b": async (write) => {
          write(layer("a", 1 * gigabyte, 3 * gigabyte))
          await first.passed
          write(layer("a", 2 * gigabyte, 3 * gigabyte))
          await second.passed
          write(layer("a", 3 * gigabyte, 3 * gigabyte))
          write(layer("b", 0, 10))
          write({ status: "verifying sha256 digest" })
          return { name: "new:3b", sizeBytes: 3 * gigabyte, load: () => load.passed }
        },
      },
    })
    const { beat, want, clock, logged, reported } = agentScene(standIn)
    await beat()
    await want(1, "new:3b")
    await beat()
    await standIn.received("/api/pull")
    expect((await beat()).report?.loading).toMatchObject({ model: "new:3b", step: "pull" })
    clock.advance(10 * seconds)
    first.open()
    // 1 GB in 10 s, 1 GB to go, and 10 s for the load.
    const half = await reported(({ report }) => report?.loading?.progress !== undefined)
    expect(half.report?.loading).toMatchObject({ step: "pull", etaMs: 20 * seconds, progress: 0.333 })
    second.open()
    const loading = await reported(({ report }) => report?.loading?.step === "load")
    expect(loading.report?.loading).toMatchObject({ progress: 0.5, etaMs: 10 * seconds })
    load.open()
    await logged("pool-model-ready")
    expect((await beat()).report).toMatchObject({ handled: 1, disk: [{ name: "small:latest" }, { name: "new:3b" }] })
  })

  test("is never told as less than before, when more of it turns out to be needed, and never as whole", async () => {
    const [first, second, third, load] = [gate(), gate(), gate(), gate()]
    const standIn = await standInWith([small], {
      pulls: {
        "new:3b": async (write) => {
          write(layer("a", 0, 3 * gigabyte))
          await first.passed
          write(layer("a", 3 * gigabyte, 3 * gigabyte))
          await second.passed
          write(layer("b", 0, 6 * gigabyte))
          await third.passed
          write(layer("b", 6 * gigabyte, 6 * gigabyte))
          return { name: "new:3b", sizeBytes: 9 * gigabyte, load: () => load.passed }
        },
      },
    })
    const { beat, want, clock, logged, reported } = agentScene(standIn)
    await beat()
    await want(1, "new:3b")
    await beat()
    await standIn.received("/api/pull")
    await reported(({ report }) => report?.loading?.step === "pull")
    clock.advance(2000 * seconds)
    first.open()
    // All that is known of has come, and 10 s of load are left.
    const almost = await reported(({ report }) => report?.loading?.progress !== undefined)
    expect(almost.report?.loading?.progress).toBe(0.97)
    second.open()
    const more = await reported(({ report }) => (report?.loading?.etaMs ?? 0) > 1000 * seconds)
    expect(more.report?.loading?.progress).toBe(0.97)
    third.open()
    const loading = await reported(({ report }) => report?.loading?.step === "load")
    expect(loading.report?.loading).toMatchObject({ progress: 0.97, etaMs: 30 * seconds })
    load.open()
    await logged("pool-model-ready")
  })

  test.each<[string, object, RegExp]>([
    [
      "disk full",
      { error: "write /models/blobs/sha256-1-partial: no space left on device" },
      /^The disk is full, so "new:3b" cannot be stored\. Delete models.*larger volume.*no space left/,
    ],
    ["no such model", { error: "pull model manifest: file does not exist" }, /^There is no "new:3b" to download\./],
    ["anything else", { error: "dial tcp: i/o timeout" }, /^"new:3b" could not be downloaded\..*i\/o timeout/],
    ["a line of something else", { status: 7 }, /^"new:3b" could not be downloaded\..*cannot be read/],
  ])("%s on its download is told to the operator", async (_, line, message) => {
    const pull = async (write: (line: object) => void) => {
      write(line)
      return undefined
    }
    const standIn = await standInWith([small], { pulls: { "new:3b": pull } })
    const { beat, want, logged } = agentScene(standIn)
    await beat()
    await want(1, "new:3b")
    await beat()
    await logged("pool-model-failed")
    const { report } = await beat()
    expect(report).toMatchObject({ healthy: true, handled: 1, failed: { model: "new:3b" } })
    expect(report?.failed?.message).toMatch(message)
    expect(standIn.loads).toEqual([])
  })

  test("a download that ends without its success has failed", async () => {
    const standIn = await standInWith([small], { pulls: { "new:3b": () => Promise.resolve(undefined) } })
    const { beat, want, logged } = agentScene(standIn)
    await beat()
    await want(1, "new:3b")
    await beat()
    await logged("pool-model-failed")
    expect((await beat()).report?.failed?.message).toMatch(/without an end mark/)
  })

  test("a download that falls silent is given up", async () => {
    const pull = (_write: unknown, left: Promise<unknown>) => left.then(() => undefined)
    const standIn = await standInWith([small], { pulls: { "new:3b": pull } })
    const { beat, want, logged, clock, reported } = agentScene(standIn)
    await beat()
    await want(1, "new:3b")
    await beat()
    await standIn.received("/api/pull")
    await reported(({ report }) => report?.loading?.step === "pull")
    for (let silence = 0; silence < 3; silence += 1) {
      clock.advance(10 * minutes)
      await beat()
    }
    await logged("pool-model-failed")
    expect((await beat()).report?.failed?.message).toMatch(/said nothing of its download for 10 min/)
  })
})
