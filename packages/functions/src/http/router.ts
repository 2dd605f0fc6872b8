import type { Actor } from "@omnichat/core/access/actor"
import { authorize, rules } from "@omnichat/core/access/authorize"
import type { Act } from "@omnichat/core/access/authorize"
import type { Log } from "@omnichat/core/log"
import type { Clock } from "@omnichat/core/store/clock"
import { Hono } from "hono"
import type { Context } from "hono"
import { routePath } from "hono/route"
import { requireJson } from "./body.ts"
import { asResponse, notFound } from "./refusal.ts"

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE"

/** Handlers of acts that `anyone` may do get no actor; all others get one that passed `authorize`. */
export type Handler<A extends Act> = (
  c: Context,
  actor: (typeof rules)[A] extends "anyone" ? undefined : Actor,
) => Response | Promise<Response>

export type RouteOptions = {
  /** What a request's body may be: JSON (the default), or what the handler itself checks. */
  body?: "json" | "own"
}

/** Adds routes, each with the line of the access table that guards it. */
export type Router = {
  on<A extends Act>(method: Method, path: string, act: A, handler: Handler<A>, options?: RouteOptions): void
}

/** Refuses requests that may not be, whoever sends them, by throwing an OmniError. */
export type Guard = (request: Request) => void

/** Who sends this request: undefined for nobody. Throws OmniError `unauthenticated` for a token that is wrong. */
export type ActorOf = (request: Request) => Actor | undefined | Promise<Actor | undefined>

/**
 * The app with what `add` adds to it. Errors become responses here and nowhere else.
 *
 * @throws Error when a route was added past the router, and so without a rule
 */
export function createRouter(
  ports: { log: Log; clock: Pick<Clock, "now"> },
  actorOf: ActorOf,
  add: (router: Router, app: Hono) => void,
  guard: Guard = () => {},
): Hono {
  const app = new Hono()
  const guarded = new Set<string>()
  app.use("*", async (c, next) => {
    await next()
    harden(c.res.headers)
  })
  app.use("*", async (c, next) => {
    guard(c.req.raw)
    await next()
  })
  app.onError((thrown, c) => {
    const where = `${c.req.method} ${routePath(c)}`
    if (!hasLeft(c, thrown)) return asResponse(thrown, ports.log, where)
    ports.log.debug("client-left", { where })
    return new Response(null, { status: 499 }) // read by nobody
  })
  app.notFound((c) => asResponse(notFound(c.req.method, c.req.path), ports.log, "unknown route"))
  const router: Router = {
    on(method, path, act, handler, options = {}) {
      guarded.add(`${method} ${path}`)
      app.on(method, path, async (c) => {
        const actor = await actorOf(c.req.raw)
        authorize(actor, act, { now: ports.clock.now() })
        if (method !== "GET" && options.body !== "own") requireJson(c.req.raw)
        // authorize has refused every act but those of `anyone` when there is no actor
        return handler(c, (rules[act] === "anyone" ? undefined : actor) as Parameters<typeof handler>[1])
      })
    },
  }
  add(router, app)
  for (const route of app.routes) {
    const isMiddleware = route.method === "ALL" && route.path === "/*"
    if (!isMiddleware && !guarded.has(`${route.method} ${route.path}`)) {
      throw new Error(`the route ${route.method} ${route.path} has no rule: add it through the router`)
    }
  }
  return app
}

/** Whether reading the body failed because the client closed the connection. */
function hasLeft(c: Context, thrown: unknown): boolean {
  return c.req.raw.signal.aborted || (thrown instanceof Error && "code" in thrown && thrown.code === "ECONNRESET")
}

/** What every answer of the API says about itself, unless its handler knows better. */
function harden(headers: Headers): void {
  headers.set("x-content-type-options", "nosniff")
  headers.set("cross-origin-resource-policy", "same-origin")
  if (!headers.has("content-security-policy")) {
    headers.set("content-security-policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
  }
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store")
}
