import { inOrder } from "@omnichat/core/pool/line"
import type { Waiting } from "@omnichat/core/pool/line"
import { describe, expect, it } from "vitest"
import { large, medium, small, smallPool } from "./sim/small.ts"

/** Each rule of a pool of Ollama servers, with the whole pool in virtual time; rules 1 to 6 on one machine too: local.test.ts. */

const firstWords = (outcomes: readonly { user: string }[]): string[] => outcomes.map(({ user }) => user)

describe("pool rule 1: a server counts while its agent is heard, and a place is a lease", () => {
  it("gives a server no work that has been silent for half a minute, and some again when it is heard", async () => {
    const pool = await smallPool()
    pool.at("gpu-1").agent?.abort()
    pool.drive()
    await pool.pass(31_000)
    for (const user of ["a", "b", "c"]) pool.begin(user)
    pool.drive()
    await pool.pass(60_000)
    expect(pool.at("gpu-1").server.answered).toEqual([])
    expect(pool.at("gpu-0").server.answered.toSorted()).toEqual(["a", "b", "c"])
    pool.join("gpu-1")
    await pool.pass(6000)
    // The other one has no room for it.
    pool.begin("d", { answerMs: 100_000 })
    pool.begin("e", { model: large })
    await pool.pass(80_000)
    expect(pool.at("gpu-1").server.answered).toEqual(["e"])
  })

  it("gives the place of a worker that died to the next, when its lease is over", async () => {
    const pool = await smallPool({ servers: 1 })
    pool.begin("first")
    await pool.pass(30_000)
    const dead = { runId: "run_dead", turn: 0, userId: "dead" } as const
    expect(await pool.pool.admit(dead, small)).toBeDefined()
    pool.begin("next")
    await pool.pass(28_000)
    expect(await pool.places()).toEqual({ "gpu-0": ["dead"] })
    await pool.pass(10_000)
    expect(pool.at("gpu-0").server.answered).toEqual(["first", "next"])
  })
})

describe("pool rule 2: a question goes where its model is, or will be soonest", () => {
  it("asks the server that has the model in memory, and of two such the less busy one", async () => {
    const pool = await smallPool({ parallel: 4 })
    pool.begin("a")
    await pool.pass(30_000)
    pool.begin("b", { answerMs: 60_000 })
    pool.begin("c", { answerMs: 60_000 })
    await pool.pass(5000)
    expect(pool.at("gpu-0").server.loads + pool.at("gpu-1").server.loads).toBe(1)
    const [warm] = ["gpu-0", "gpu-1"].filter((nodeId) => pool.at(nodeId).server.loads === 1)
    expect((await pool.places())[warm ?? ""]).toEqual(expect.arrayContaining(["b", "c"]))
  })

  it("loads a model where it fits, before another is taken out of memory", async () => {
    const pool = await smallPool()
    pool.begin("a", { model: large })
    await pool.pass(90_000)
    pool.begin("b", { model: medium })
    await pool.pass(90_000)
    const loaded = ["gpu-0", "gpu-1"].map((nodeId) => pool.at(nodeId).server.inMemory.join())
    expect(loaded.toSorted((a, b) => a.localeCompare(b))).toEqual([large, medium])
  })

  it("takes out what was used longest ago, and never what is in use", async () => {
    const pool = await smallPool({ servers: 1, memory: 17.5e9 })
    for (const model of [small, medium]) {
      pool.begin(model, { model })
      await pool.pass(90_000)
    }
    pool.begin("again", { model: small, answerMs: 300_000 })
    await pool.pass(2000)
    pool.begin("other", { model: "phi4:14b" })
    await pool.pass(90_000)
    expect(pool.at("gpu-0").server.inMemory).toEqual([small, "phi4:14b"])
  })

  it("waits for a place where the model is, when that is sooner than loading it elsewhere", async () => {
    const pool = await smallPool()
    pool.begin("a")
    await pool.pass(30_000)
    pool.begin("b")
    pool.begin("c")
    await pool.pass(30_000)
    expect(pool.outcomes).toHaveLength(3)
    expect(pool.at("gpu-0").server.loads + pool.at("gpu-1").server.loads).toBe(1)
  })

  it("loads it on a second server, when the line before the first is longer than that takes", async () => {
    const pool = await smallPool()
    pool.begin("a")
    await pool.pass(30_000)
    for (let at = 0; at < 12; at++) pool.begin(`u${at}`, { answerMs: 10_000 })
    await pool.pass(40_000)
    expect([pool.at("gpu-0").server.loads, pool.at("gpu-1").server.loads]).toEqual([1, 1])
  })

  it("starts a server where none could be used, and says that there is none where none may be started", async () => {
    const none = await smallPool({ servers: 0 })
    none.begin("a")
    await none.pass(1000)
    expect(none.outcomes[0]?.end).toMatch(/There is no server for gemma3:4b/)
    const some = await smallPool({ most: 2 })
    some.begin("a")
    await some.pass(1000)
    expect(some.starts).toEqual([1])
  })

  it("makes room in the end for a model that everybody else's are in the way of", async () => {
    const pool = await smallPool({ servers: 1 })
    pool.begin("a", { model: medium })
    await pool.pass(90_000)
    const busy = (at: number): void => {
      pool.begin(`m${at}`, { model: medium, answerMs: 6000 })
      pool.time.after(5000, () => busy(at + 1))
    }
    busy(0)
    await pool.pass(20_000)
    pool.begin("patient", { model: large })
    await pool.pass(180_000)
    expect(firstWords(pool.outcomes)).toContain("patient")
  })
})

describe("pool rule 3: the line is bounded and fair by user", () => {
  it("answers somebody's one question before the many of another who came first", async () => {
    const pool = await smallPool({ servers: 1 })
    pool.begin("first")
    await pool.pass(30_000)
    for (let at = 0; at < 5; at++) pool.begin("greedy")
    await pool.pass(1000)
    pool.begin("modest")
    await pool.pass(60_000)
    expect(firstWords(pool.outcomes).indexOf("modest")).toBeLessThanOrEqual(3)
    expect(pool.outcomes).toHaveLength(7)
  })

  it("refuses who comes to a full line, and says when to try again", async () => {
    const pool = await smallPool({ servers: 1, settings: { mostWaiting: 2 } })
    const asker = (runId: string) => ({ runId: `run_${runId}` as const, turn: 0, userId: runId })
    pool.begin("a", { answerMs: 100_000 })
    await pool.pass(30_000)
    for (const user of ["b", "c"]) pool.begin(user)
    await pool.pass(1000)
    expect(await pool.line()).toHaveLength(2)
    await expect(pool.pool.admit(asker("d"), small)).rejects.toMatchObject({
      code: "model_unavailable",
      retryable: true,
      retryAfterMs: 60_000,
    })
  })

  it("has newcomers begin where the line is now, so that nobody is overtaken without end", async () => {
    const pool = await smallPool({ servers: 1 })
    pool.begin("first")
    await pool.pass(30_000)
    for (let at = 0; at < 3; at++) pool.begin("greedy")
    let count = 0
    const another = (): void => {
      if (count++ < 30) pool.time.after(3000, another)
      pool.begin(`u${count}`)
    }
    another()
    await pool.pass(60_000)
    expect(firstWords(pool.outcomes).filter((user) => user === "greedy")).toHaveLength(3)
  })

  it("orders the line by rank, then by who came first", () => {
    const entry = (runId: string, rank: number, since: number) =>
      ({ runId: `run_${runId}`, turn: 1, userId: "u", model: small, rank, since, expiresAt: 0 }) satisfies Waiting
    const line = inOrder([entry("c", 2, 5), entry("b", 1, 9), entry("a", 1, 4)])
    expect(line.map(({ runId }) => runId)).toEqual(["run_a", "run_b", "run_c"])
  })
})

describe("pool rule 4: servers are started once for all who wait, and given back when nobody needs them", () => {
  it("starts one server for two who ask at the same time", async () => {
    const pool = await smallPool({ most: 2 })
    pool.begin("a")
    pool.begin("b")
    await pool.pass(30_000)
    expect(pool.starts).toEqual([1])
    await pool.pass(200_000)
    expect(pool.outcomes.map(({ end }) => end)).toEqual(["answered", "answered"])
  })

  it("starts another when more wait than the first can answer", async () => {
    const pool = await smallPool({ most: 2 })
    pool.begin("a", { answerMs: 20_000 })
    await pool.pass(180_000)
    for (let at = 0; at < 20; at++) pool.begin(`u${at}`, { answerMs: 20_000 })
    await pool.pass(60_000)
    expect(pool.starts).toEqual([1, 2])
  })

  it("gives it back after it was idle, when what it answers has ended", async () => {
    const pool = await smallPool({ most: 1, settings: { idleFor: 300_000 } })
    pool.begin("a", { answerMs: 20_000 })
    await pool.pass(200_000)
    expect(pool.outcomes).toHaveLength(1)
    for (let minutes = 0; minutes < 8; minutes++) {
      pool.drive()
      await pool.pass(60_000)
    }
    expect(await pool.nodes()).toEqual([])
    expect(pool.at("gpu-0").server.isDown).toBe(true)
  })
})

describe("pool rule 5: a server that cannot be reached is left alone, and tried by one call", () => {
  it("is left alone after three calls that reached nobody, and one call finds out", async () => {
    // Its agent says that all is well: only the calls know better.
    const pool = await smallPool({ servers: 1, parallel: 4, settings: { heardFor: 1e9 } })
    pool.begin("a")
    await pool.pass(30_000)
    pool.at("gpu-0").agent?.abort()
    pool.at("gpu-0").server.die()
    for (const user of ["b", "c", "d"]) {
      pool.begin(user)
      await pool.pass(100)
    }
    const [resting] = await pool.nodes()
    expect(resting).toMatchObject({ failures: 3, restsUntil: expect.any(Number) })
    pool.at("gpu-0").server.revive()
    const probe = { runId: "run_probe", turn: 0, userId: "probe" } as const
    await expect(pool.pool.admit(probe, small)).rejects.toMatchObject({ code: "model_unavailable" })
    await pool.pass(10_000)
    const place = await pool.pool.admit(probe, small)
    expect(place).toBeDefined()
    await expect(pool.pool.admit({ ...probe, runId: "run_second" }, small)).rejects.toThrow(/No server can answer/)
    if (place !== undefined) await pool.pool.places.end(place, "answered")
    expect((await pool.nodes())[0]).toMatchObject({ failures: 0 })
    expect(await pool.pool.admit({ ...probe, runId: "run_second" }, small)).toBeDefined()
  })

  it("is known to be down by its agent within two seconds of silence", async () => {
    const pool = await smallPool({ servers: 1 })
    pool.at("gpu-0").server.die()
    await pool.pass(6000)
    expect((await pool.nodes())[0]?.report).toMatchObject({ healthy: false, error: expect.any(String) })
  })
})

describe("pool rule 6: another server is asked only before the first word", () => {
  it("asks elsewhere when a server dies before it", async () => {
    const pool = await smallPool({ parallel: 4 })
    pool.begin("a", { firstMs: 10_000, answerMs: 20_000 })
    await pool.pass(21_000)
    const [where] = Object.entries(await pool.places()).find(([, users]) => users.length > 0) ?? [""]
    pool.at(where).server.die()
    await pool.pass(60_000)
    expect(pool.outcomes).toMatchObject([{ user: "a", end: "answered" }])
  })

  it("does not after it", async () => {
    const pool = await smallPool({ parallel: 4 })
    pool.begin("a", { answerMs: 60_000 })
    await pool.pass(30_000)
    const [where] = Object.entries(await pool.places()).find(([, users]) => users.length > 0) ?? [""]
    pool.at(where).server.die()
    await pool.pass(60_000)
    expect(pool.outcomes).toMatchObject([{ user: "a", end: "cut" }])
  })

  it("waits for a load for as long as it takes", async () => {
    const pool = await smallPool({ servers: 1 })
    pool.begin("a", { model: large })
    await pool.pass(40_000)
    expect(pool.outcomes).toEqual([])
    await pool.pass(40_000)
    expect(pool.outcomes).toMatchObject([{ end: "answered" }])
  })
})

describe("pool rule 7: who would rather ask another model hears when the wait would be too long", () => {
  it("refuses at once, or later when it turns out so", async () => {
    const pool = await smallPool({ servers: 1 })
    pool.begin("hasty", { model: large, waitAtMost: 5000 })
    await pool.pass(1000)
    expect(pool.outcomes[0]?.end).toMatch(/would be longer than 5 s/)
    pool.begin("a")
    await pool.pass(30_000)
    pool.begin("b", { answerMs: 100_000 })
    pool.begin("later", { waitAtMost: 20_000 })
    await pool.pass(30_000)
    expect(pool.outcomes.find(({ user }) => user === "later")?.end).toMatch(/would be longer than 20 s/)
    expect(await pool.pool.expect(small, "anybody")).toBeGreaterThan(0)
  })
})

describe("pool rule 8: a server that is taken away begins nothing, and ends what it has begun", () => {
  it("lets answers end, has what has no word yet asked elsewhere, and takes no new work", async () => {
    const pool = await smallPool({ parallel: 4, settings: { renewEvery: 2000 } })
    pool.begin("warm")
    await pool.pass(30_000)
    const [where = ""] = ["gpu-0", "gpu-1"].filter((nodeId) => pool.at(nodeId).server.loads === 1)
    const other = where === "gpu-0" ? "gpu-1" : "gpu-0"
    pool.begin("reads", { answerMs: 60_000 })
    pool.begin("hopes", { firstMs: 50_000, answerMs: 55_000 })
    await pool.pass(3000)
    const machine = pool.at(where)
    machine.host = { ...machine.host, spotNotice: true }
    pool.drive()
    await pool.pass(10_000)
    pool.begin("new")
    await pool.pass(110_000)
    expect(pool.outcomes.map(({ end }) => end)).toEqual(["answered", "answered", "answered", "answered"])
    expect(machine.server.answered).toEqual(["warm", "reads"])
    expect(pool.at(other).server.answered.toSorted()).toEqual(["hopes", "new"])
    expect(await pool.nodes()).toContainEqual(
      expect.objectContaining({ draining: expect.objectContaining({ reason: "spot" }) }),
    )
  })
})
