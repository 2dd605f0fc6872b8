import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { startLocalServer } from "../../test/server.ts"
import type { LocalServer } from "../../test/server.ts"
import { ask, rawHttp, upgrade } from "../../test/raw.ts"
import { isPagePath } from "./guard.ts"

let server: LocalServer
beforeAll(async () => {
  server = await startLocalServer()
})
afterAll(() => server.close())

/** A read, a write and an upgrade, each with these headers: what a rule must hold for. */
async function statuses(headers: (port: number) => string[]): Promise<{ read: number; write: number; socket: number }> {
  const { port } = server
  const send = async (request: string, extra: string[], body = "") => {
    const response = await rawHttp(port, [`${request} HTTP/1.1`, ...headers(port), ...extra], body)
    if (response.status >= 400) expect(JSON.parse(response.body)).toHaveProperty("error.message")
    return response.status
  }
  return {
    read: await send("GET /api/chats", []),
    write: await send("PATCH /api/settings", ["Content-Type: application/json", "Content-Length: 2"], "{}"),
    socket: await send("GET /socket", upgrade),
  }
}

const served = { read: 200, write: 200, socket: 101 }
const refused = { read: 403, write: 403, socket: 403 }

describe("Host", () => {
  it.each(["127.0.0.1", "localhost", "[::1]", "LOCALHOST"])("is ours as %s", async (name) => {
    expect(await statuses((port) => [`Host: ${name}:${port}`])).toEqual(served)
  })

  it.each([
    (port: number) => `evil.example:${port}`, // DNS rebinding
    (port: number) => `localhost.evil.example:${port}`,
    (port: number) => `127.0.0.1.:${port}`,
    (port: number) => `2130706433:${port}`,
    (port: number) => `0.0.0.0:${port}`,
    (port: number) => `user@127.0.0.1:${port}`,
    (port: number) => `127.0.0.1:${port + 1}`,
    () => "127.0.0.1",
    () => "",
  ])("is not ours otherwise (%#)", async (host) => {
    expect(await statuses((port) => [`Host: ${host(port)}`])).toEqual(refused)
  })

  it("comes once", async () => {
    expect(await statuses((port) => [`Host: 127.0.0.1:${port}`, "Host: evil.example"])).toEqual(refused)
    expect(await statuses((port) => [`Host: 127.0.0.1:${port}`, `Host: 127.0.0.1:${port}`])).toEqual(refused)
  })

  it("is needed", async () => {
    expect((await rawHttp(server.port, ["GET /api/chats HTTP/1.0"])).status).toBe(403)
    expect((await rawHttp(server.port, ["GET /api/chats HTTP/1.1"])).status).toBe(400)
  })

  it("cannot be replaced by a target with a name in it", async () => {
    expect((await rawHttp(server.port, ask(server.port, "GET http://evil.example/api/chats"))).status).toBe(400)
  })
})

describe("Origin", () => {
  it("may be our own", async () => {
    expect(await statuses((port) => [`Host: 127.0.0.1:${port}`, `Origin: http://127.0.0.1:${port}`])).toEqual(served)
    expect(await statuses((port) => [`Host: localhost:${port}`, `Origin: http://localhost:${port}`])).toEqual(served)
  })

  it.each([
    () => "null",
    () => "http://evil.example",
    (port: number) => `http://evil.example:${port}`,
    (port: number) => `https://127.0.0.1:${port}`,
    (port: number) => `http://127.0.0.1:${port + 1}`,
    (port: number) => `http://127.0.0.1:${port}.evil.example`,
    // another program may hold this port at the other address
    (port: number) => `http://[::1]:${port}`,
    () => "http://127.0.0.1",
    () => "",
  ])("may not be another's (%#)", async (origin) => {
    expect(await statuses((port) => [`Host: 127.0.0.1:${port}`, `Origin: ${origin(port)}`])).toEqual(refused)
  })
})

describe("Sec-Fetch-Site", () => {
  it.each(["same-origin", "none"])("may be %s", async (site) => {
    expect(await statuses((port) => [`Host: 127.0.0.1:${port}`, `Sec-Fetch-Site: ${site}`])).toEqual(served)
  })

  it.each(["cross-site", "same-site", "anything"])("may not be %s", async (site) => {
    expect(await statuses((port) => [`Host: 127.0.0.1:${port}`, `Sec-Fetch-Site: ${site}`])).toEqual(refused)
  })

  const visit = ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"]

  it("lets a link on another site lead to the page", async () => {
    const { port } = server
    const page = await rawHttp(port, ask(port, "GET /", "Accept: text/html", ...visit))
    expect([page.status, page.headers.get("content-type")]).toEqual([503, "text/html; charset=utf-8"]) // there is no build
  })

  it.each([
    "/api/chats",
    "/%61pi/chats",
    "/x/../api/chats",
    "/x/%2e%2e/api/chats",
    "//api/chats",
    "/./api/chats",
    "/metrics",
    "/socket",
  ])("lets no link lead to %s", async (path) => {
    const { port } = server
    expect((await rawHttp(port, ask(port, `GET ${path}`, ...visit))).status).toBe(403)
  })

  it("lets no other site write, show the page in a frame, or open a socket as if it were a visit", async () => {
    const { port } = server
    const framed = visit.map((line) => line.replace("document", "iframe"))
    expect((await rawHttp(port, ask(port, "POST /", ...visit, "Content-Length: 0"))).status).toBe(403)
    expect((await rawHttp(port, ask(port, "GET /", ...framed))).status).toBe(403)
    expect((await rawHttp(port, ask(port, "GET /", ...visit, ...upgrade))).status).toBe(403)
  })
})

describe("proxies", () => {
  it.each([
    "X-Forwarded-For: 1.2.3.4",
    "X-Forwarded-Host: 127.0.0.1",
    "x-forwarded-anything:",
    "Forwarded: for=1.2.3.4",
  ])("are refused with a reason (%s)", async (header) => {
    expect(await statuses((port) => [`Host: 127.0.0.1:${port}`, header])).toEqual(refused)
    const { body } = await rawHttp(server.port, ask(server.port, "GET /", header))
    expect(body).toContain("proxy")
  })
})

describe("a body", () => {
  it.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonp"])(
    "may not be %s, which a form of another site could send",
    async (type) => {
      const { port } = server
      for (const route of [
        "PATCH /api/settings",
        "POST /api/runs",
        "POST /api/runs/run_01ARZ3NDEKTSV4RRFFQ69G5FAV/stop",
      ]) {
        const response = await rawHttp(port, ask(port, route, `Content-Type: ${type}`, "Content-Length: 2"), "{}")
        expect([route, response.status]).toEqual([route, 415])
      }
    },
  )

  it("must say what it is", async () => {
    const { port } = server
    expect((await rawHttp(port, ask(port, "PATCH /api/settings", "Content-Length: 2"), "{}")).status).toBe(415)
  })
})

describe("a token", () => {
  it("is refused, for no token is valid here", async () => {
    const { port } = server
    for (const path of ["/api/chats", "/api/config", "/health"]) {
      expect((await rawHttp(port, ask(port, `GET ${path}`, "Authorization: Bearer x"))).status).toBe(401)
    }
    expect((await rawHttp(port, ask(port, "GET /socket", ...upgrade, "Authorization: Bearer x"))).status).toBe(401)
    const offered = "Sec-WebSocket-Protocol: omnichat.v1, bearer.x"
    expect((await rawHttp(port, ask(port, "GET /socket", ...upgrade, offered))).status).toBe(401)
  })
})

describe("an answer", () => {
  it("opens the API to no other origin", async () => {
    const { port } = server
    const asked = [
      ask(port, "GET /api/chats"),
      ask(port, "OPTIONS /api/chats", "Access-Control-Request-Method: PATCH"),
      ask(port, "GET /api/chats", "Origin: http://evil.example"),
      ask(port, "GET /"),
    ]
    for (const lines of asked) {
      const { headers } = await rawHttp(port, lines)
      expect([...headers.keys()].filter((name) => name.startsWith("access-control-"))).toEqual([])
      expect(headers.get("x-content-type-options")).toBe("nosniff")
    }
  })
})

describe("isPagePath", () => {
  it.each(["/", "/chats/cht_1", "/apis", "/settings?x=/api/", "/assets/app.js", "/#/api"])(
    "says yes to %s",
    (target) => {
      expect(isPagePath(target)).toBe(true)
    },
  )

  it.each(["/api", "/API/x", "/a%70i", "/\\api", "//api", "/%E0%A4%A", "/v1/models", "/ollama"])(
    "says no to %s",
    (target) => {
      expect(isPagePath(target)).toBe(false)
    },
  )
})
