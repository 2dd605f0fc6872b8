import type { Actor } from "@omnichat/core/access/actor"
import { OmniError } from "@omnichat/core/protocol/error"
import { describe, expect, it } from "vitest"
import { createRouter } from "./router.ts"
import type { ActorOf, Router } from "./router.ts"

const alice: Actor = { userId: "alice", role: "admin" }

function scene(add: (router: Router) => void, actorOf: ActorOf = () => alice) {
  const lines: string[] = []
  const note = (event: string, facts?: object) => void lines.push(JSON.stringify({ event, ...facts }))
  const log = { debug: note, info: note, warn: note, error: note }
  const clock = { now: () => 1000 }
  return { app: createRouter({ log, clock }, actorOf, add), lines }
}

describe("the router", () => {
  it("starts with no route that has no rule", () => {
    const past = (method: "get" | "all", path: string) => () =>
      createRouter(
        { log: console, clock: { now: () => 0 } },
        () => alice,
        (_router, app) => {
          app[method](path, (c) => c.text("open"))
        },
      )
    expect(past("get", "/api/open")).toThrow("GET /api/open has no rule")
    expect(past("all", "/api/open")).toThrow("ALL /api/open has no rule")
  })

  it("asks the rule before the handler, and gives it the actor", async () => {
    const seen: unknown[] = []
    const { app } = scene(
      (router) => {
        router.on("GET", "/mine", "chat.list", (c, actor) => {
          seen.push(actor)
          return c.text("ok")
        })
        router.on("GET", "/open", "health.read", (c, actor) => {
          seen.push(actor)
          return c.text("ok")
        })
      },
      (request) => (request.headers.has("x-nobody") ? undefined : alice),
    )
    expect((await app.request("/mine", { headers: { "x-nobody": "1" } })).status).toBe(401)
    expect((await app.request("/open", { headers: { "x-nobody": "1" } })).status).toBe(200)
    expect((await app.request("/mine")).status).toBe(200)
    expect(seen).toEqual([undefined, alice])
  })

  it("refuses who sends a wrong token, also where anyone may", async () => {
    const { app } = scene(
      (router) => router.on("GET", "/open", "health.read", (c) => c.text("ok")),
      () => {
        throw new OmniError("unauthenticated", "The token is wrong.")
      },
    )
    expect((await app.request("/open")).status).toBe(401)
  })

  it("turns what is thrown into one shape, and tells nobody what it did not foresee", async () => {
    const { app, lines } = scene((router) => {
      router.on("GET", "/busy", "chat.list", () => {
        throw new OmniError("rate_limited", "Too fast.", { retryAfterMs: 1500 })
      })
      router.on("GET", "/broken/:id", "chat.list", () => Promise.reject(new Error("secret detail")))
    })
    const busy = await app.request("/busy")
    expect([busy.status, busy.headers.get("retry-after")]).toEqual([429, "2"])
    expect(await busy.json()).toEqual({ error: { code: "rate_limited", message: "Too fast.", retryable: true } })
    expect(lines).toEqual([])
    const broken = await app.request("/broken/42")
    expect(broken.status).toBe(500)
    expect(await broken.text()).not.toContain("secret")
    expect(lines.join("")).toContain("secret detail")
    expect(lines.join("")).toContain('"where":"GET /broken/:id"')
    const absent = await app.request("/absent")
    expect([absent.status, await absent.json()]).toEqual([
      404,
      { error: { code: "not_found", message: "There is no GET /absent here.", retryable: false } },
    ])
  })

  it("hardens every answer", async () => {
    const { app } = scene((router) => router.on("GET", "/open", "health.read", (c) => c.text("ok")))
    for (const path of ["/open", "/absent"]) {
      const { headers } = await app.request(path)
      expect(headers.get("x-content-type-options")).toBe("nosniff")
      expect(headers.get("content-security-policy")).toContain("default-src 'none'")
      expect(headers.get("cache-control")).toBe("no-store")
    }
  })
})
