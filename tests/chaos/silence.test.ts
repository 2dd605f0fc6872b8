import { describe, expect, it } from "vitest"
import { noFaults } from "./sim/ports.ts"
import { Play, type Scenario } from "./sim/scenario.ts"

const fiveMinutes = 300_000

describe("a model that is silent for five minutes", () => {
  it("goes on afterwards, and its followers get a sign of life at least every 10 s meanwhile [F2, G1]", async () => {
    const play = new Play({
      decisions: [0],
      script: { deltas: ["before ", "after"], gap: fiveMinutes, end: "finish" },
      faults: noFaults,
      worker: { crashes: 0, freezes: 0, handOvers: 0, twice: 0, lost: 0 },
      client: { followers: 1, drops: 0, leaves: 0, restarts: 0 },
      stops: 0,
      ticks: 0,
    } satisfies Scenario)
    const began = play.world.time
    await play.run(3 * fiveMinutes)
    const [follower] = play.followers
    expect(play.failures).toEqual([])
    expect(play.record()?.status).toBe("complete")
    expect(play.world.time - began).toBeGreaterThan(2 * fiveMinutes)
    expect(follower?.silences).toBe(0)
    const pauses = follower?.frameTimes.map((time, at, times) => time - (times[at - 1] ?? began)) ?? []
    expect(Math.max(...pauses)).toBeLessThanOrEqual(10_000)
    expect(pauses.length).toBeGreaterThan(60)
  })
})
