import type { Actor } from "@omnichat/core/access/actor"
import type { PoolView } from "@omnichat/core/protocol/pool"
import { describe, expect, it } from "vitest"
import { addPool } from "./pool.ts"
import { createRouter } from "./router.ts"

const admin: Actor = { userId: "alice", role: "admin" }
const view: PoolView = {
  at: "2026-01-01T00:00:00.000Z",
  servers: [{ id: "a", address: "10.0.0.7:11434", state: "up", models: [{ name: "qwen3:4b" }], answers: { now: 1 } }],
  waiting: [],
}

function scene(options: { actor?: Actor; pool?: () => Promise<PoolView> }) {
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
  const actorOf = () => options.actor
  return createRouter({ log, clock: { now: () => 0 } }, actorOf, (router) => addPool(router, options.pool))
}

describe("GET /api/pool", () => {
  it("gives what is known of the pool to who runs the service", async () => {
    const answer = await scene({ actor: admin, pool: () => Promise.resolve(view) }).request("/api/pool")
    expect([answer.status, await answer.json()]).toEqual([200, view])
  })

  it("gives it to nobody else, and asks nothing for them", async () => {
    let asked = 0
    const pool = () => Promise.resolve((asked++, view))
    const user: Actor = { userId: "bob", role: "user" }
    expect((await scene({ pool }).request("/api/pool")).status).toBe(401)
    expect((await scene({ actor: user, pool }).request("/api/pool")).status).toBe(403)
    expect(asked).toBe(0)
  })

  it("says where there is none", async () => {
    const answer = await scene({ actor: admin }).request("/api/pool")
    expect(answer.status).toBe(404)
    expect(await answer.json()).toEqual({
      error: { code: "not_found", message: expect.stringContaining("has no pool of servers"), retryable: false },
    })
  })
})
