import { claimStart, endStart } from "@omnichat/core/pool/store"
import { describe, expect, it } from "vitest"
import { large, medium, small, smallPool } from "./sim/small.ts"

/** What goes wrong with servers, and that the next question is answered all the same. */

const noCapacity = "AWS has no such machine free now"

describe("a server dies", () => {
  it("before the first word, without closing its connections: the question is asked elsewhere", async () => {
    const pool = await smallPool({ parallel: 4 })
    pool.begin("warm")
    await pool.pass(30_000)
    const [where = ""] = ["gpu-0", "gpu-1"].filter((nodeId) => pool.at(nodeId).server.loads === 1)
    const machine = pool.at(where)
    machine.server.isSilent = true
    machine.agent?.abort()
    pool.begin("a")
    await pool.pass(120_000)
    expect(pool.outcomes).toMatchObject([{ user: "warm" }, { user: "a", end: "answered" }])
  })

  it("after the first word: what was said stays, nobody says it again, and the next question goes elsewhere", async () => {
    const pool = await smallPool()
    pool.begin("a", { answerMs: 60_000 })
    await pool.pass(30_000)
    const [where = ""] = ["gpu-0", "gpu-1"].filter((nodeId) => pool.at(nodeId).server.loads === 1)
    pool.at(where).server.die()
    await pool.pass(1000)
    pool.begin("again")
    await pool.pass(60_000)
    expect(pool.outcomes).toMatchObject([
      { user: "a", end: "cut", error: { code: "upstream_failed", retryable: true } },
      { user: "again", end: "answered" },
    ])
  })
})

describe("an agent and its Ollama do not die together", () => {
  it("an agent is dead and its Ollama lives: answers end there, and new ones go elsewhere", async () => {
    const pool = await smallPool({ parallel: 4 })
    pool.begin("warm")
    await pool.pass(30_000)
    const [where = ""] = ["gpu-0", "gpu-1"].filter((nodeId) => pool.at(nodeId).server.loads === 1)
    pool.begin("reads", { answerMs: 100_000 })
    await pool.pass(2000)
    pool.at(where).agent?.abort()
    pool.drive()
    await pool.pass(32_000)
    pool.begin("new")
    await pool.pass(100_000)
    expect(pool.at(where).server.answered).toEqual(["warm", "reads"])
    expect(pool.outcomes.map(({ end }) => end)).toEqual(["answered", "answered", "answered"])
  })

  it("an agent is dead for good: its machine is given back, and another is started for who asks", async () => {
    const pool = await smallPool({ most: 1 })
    pool.begin("a")
    await pool.pass(200_000)
    pool.at("gpu-0").agent?.abort()
    for (let minutes = 0; minutes < 7; minutes++) {
      pool.drive()
      await pool.pass(60_000)
    }
    expect([await pool.nodes(), pool.at("gpu-0").server.isDown]).toEqual([[], true])
    pool.begin("b")
    await pool.pass(200_000)
    expect(pool.outcomes.map(({ end }) => end)).toEqual(["answered", "answered"])
    expect(pool.starts).toEqual([1, 1])
  })

  it("an Ollama is dead and its agent lives: it is said why, and once it is back all is well", async () => {
    const pool = await smallPool({ servers: 1 })
    pool.at("gpu-0").server.die()
    await pool.pass(6000)
    pool.begin("a")
    await pool.pass(1000)
    expect(pool.outcomes).toMatchObject([
      {
        end: expect.stringContaining("No server can answer for gemma3:4b now"),
        error: { code: "model_unavailable", retryable: true },
      },
    ])
    pool.at("gpu-0").server.revive()
    await pool.pass(6000)
    pool.begin("b")
    await pool.pass(60_000)
    expect(pool.outcomes[1]).toMatchObject({ end: "answered" })
  })
})

describe("a load", () => {
  it("that never ends is given up and told of, and the next model is loaded", async () => {
    const pool = await smallPool({ servers: 1 })
    pool.at("gpu-0").server.loadsHang = true
    pool.begin("a", { model: large })
    await pool.pass(900_000)
    expect(pool.outcomes).toMatchObject([
      {
        end: expect.stringContaining("could not be loaded in time"),
        error: { code: "model_unavailable", retryable: true },
      },
    ])
    pool.at("gpu-0").server.loadsHang = false
    pool.begin("b", { model: medium })
    await pool.pass(90_000)
    expect(pool.outcomes[1]).toMatchObject({ end: "answered" })
    expect(await pool.line()).toEqual([])
  })
})

describe("a start of servers", () => {
  it("that fails is told to everybody who waits for it, and a later one may succeed", async () => {
    let why: string | undefined = noCapacity
    const pool = await smallPool({ most: 1, without: () => why })
    pool.begin("a")
    pool.begin("b")
    await pool.pass(60_000)
    for (const outcome of pool.outcomes) {
      expect(outcome).toMatchObject({
        end: expect.stringContaining(`No GPU server could be started: ${noCapacity}. Try again in a few minutes`),
        error: { code: "model_unavailable", retryable: true },
      })
    }
    expect(pool.outcomes).toHaveLength(2)
    expect(await pool.line()).toEqual([])
    why = undefined
    pool.join("gpu-0")
    pool.at("gpu-0").server.revive()
    await pool.pass(6000)
    pool.begin("c")
    await pool.pass(60_000)
    expect(pool.outcomes[2]).toMatchObject({ user: "c", end: "answered" })
  })

  it("is asked for once when two are called at the same moment", async () => {
    const { table, time } = await smallPool({ most: 2 })
    const now = time.now()
    const claims = await Promise.all(
      [1, 2].map((desired) => claimStart(table, { at: now, until: now + 1000, desired }, now)),
    )
    expect(claims).toEqual([true, false])
    await endStart(table, { at: now, message: noCapacity })
    expect(await claimStart(table, { at: now, until: now + 1000, desired: 1 }, now)).toBe(true)
  })

  it("that was asked for and of which nothing comes is given up in the end", async () => {
    const pool = await smallPool({ most: 1, settings: { startMs: 60_000 } })
    pool.at("gpu-0").server.isSilent = true
    pool.begin("a")
    await pool.pass(400_000)
    expect(pool.outcomes).toMatchObject([{ end: expect.stringContaining("did not come up within 3 minutes") }])
  })
})

describe("a clock that is five minutes off", () => {
  for (const skew of [-300_000, 300_000]) {
    it(`on a server, by ${skew / 1000} s, changes nothing`, async () => {
      const pool = await smallPool({ skew })
      for (let at = 0; at < 4; at++) pool.begin(`u${at}`)
      pool.begin("other", { model: medium })
      await pool.pass(120_000)
      expect(pool.outcomes.map(({ end }) => end)).toEqual(Array.from({ length: 5 }, () => "answered"))
      pool.at("gpu-1").agent?.abort()
      pool.drive()
      await pool.pass(40_000)
      pool.begin("a", { model: small })
      await pool.pass(60_000)
      expect(pool.outcomes[5]).toMatchObject({ end: "answered" })
    })
  }
})
