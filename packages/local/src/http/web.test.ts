import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { ask, rawHttp } from "../../test/raw.ts"
import { startLocalServer } from "../../test/server.ts"
import type { LocalServer } from "../../test/server.ts"

const page = "<!doctype html><title>OmniChat</title>"
const script = "export const hello = 1\n"
let folder: string
let server: LocalServer
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "omnichat-web-"))
  mkdirSync(join(folder, "dist/assets"), { recursive: true })
  writeFileSync(join(folder, "secret.txt"), "secret")
  writeFileSync(join(folder, "dist/index.html"), page)
  writeFileSync(join(folder, "dist/favicon.svg"), "<svg/>")
  writeFileSync(join(folder, "dist/.omnichat-stamp"), "build facts")
  writeFileSync(join(folder, "dist/assets/app-1a2b3c.js"), script)
  writeFileSync(join(folder, "dist/assets/app-1a2b3c.js.gz"), gzipSync(script))
  writeFileSync(join(folder, "dist/assets/app-1a2b3c.js.br"), "(brotli)")
  server = await startLocalServer({}, { webFolder: join(folder, "dist") })
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

const get = (path: string, ...headers: string[]) =>
  rawHttp(server.port, ask(server.port, `GET ${path}`, "Connection: close", ...headers))

describe("the web app", () => {
  it("is one page at every address, asked for anew each time", async () => {
    for (const path of ["/", "/chats/cht_1", "/settings"]) {
      const { status, headers, body } = await get(path, "Accept: text/html,*/*")
      expect([status, headers.get("content-type"), headers.get("cache-control")]).toEqual([
        200,
        "text/html; charset=utf-8",
        "no-cache",
      ])
      expect(body).toContain(page)
    }
  })

  it("runs no script but its own, stands in no frame and tells nobody where it is", async () => {
    const { headers } = await get("/", "Accept: text/html")
    const policy = headers.get("content-security-policy") ?? ""
    const directives = new Map(policy.split("; ").map((text) => [text.split(" ")[0], text]))
    expect(directives.get("default-src")).toBe("default-src 'none'")
    expect(directives.get("script-src")).toBe("script-src 'self'")
    expect(directives.get("connect-src")).toBe("connect-src 'self'")
    expect(directives.get("frame-ancestors")).toBe("frame-ancestors 'none'")
    expect(Object.fromEntries(headers)).toMatchObject({
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
    })
  })

  it("keeps hashed files for ever, and others only while they are the same", async () => {
    const asset = await get("/assets/app-1a2b3c.js")
    expect([asset.headers.get("cache-control"), asset.headers.get("content-type")]).toEqual([
      "public, max-age=31536000, immutable",
      "text/javascript; charset=utf-8",
    ])
    const icon = await get("/favicon.svg")
    expect([icon.status, icon.headers.get("cache-control")]).toEqual([200, "no-cache"])
    const again = await get("/favicon.svg", `If-None-Match: ${icon.headers.get("etag")}`)
    expect([again.status, again.body]).toEqual([304, ""])
  })

  it.each([
    ["gzip, br", "br"],
    ["gzip", "gzip"],
    ["br;q=0, gzip;q=0.5", "gzip"],
    ["identity", undefined],
    ["gzip;q=0", undefined],
  ])("comes compressed as the browser likes (%s)", async (accepted, encoding) => {
    const { headers } = await get("/assets/app-1a2b3c.js", `Accept-Encoding: ${accepted}`)
    expect([headers.get("content-encoding"), headers.get("vary")]).toEqual([encoding, "accept-encoding"])
  })

  it("knows that a compressed file is another one", async () => {
    const url = `${server.url}/assets/app-1a2b3c.js`
    const plain = await fetch(url, { headers: { "accept-encoding": "identity" } })
    const zipped = await fetch(url, { headers: { "accept-encoding": "gzip" } })
    expect(await zipped.text()).toBe(script)
    expect(zipped.headers.get("etag")).not.toBe(plain.headers.get("etag"))
    expect(await plain.text()).toBe(script)
  })

  it("answers HEAD without a body", async () => {
    const { status, body } = await rawHttp(server.port, ask(server.port, "HEAD /", "Connection: close"))
    expect([status, body]).toEqual([200, ""])
  })

  it.each([
    "/assets/gone-123.js",
    "/favicon.ico",
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "/assets/..%2f..%2fsecret.txt",
    "/..\\secret.txt",
    "/.omnichat-stamp",
    "/index.html%00.png",
    "/%E0%A4%A",
    "/assets/app-1a2b3c.js.br",
  ])("has no %s", async (path) => {
    const { status, body } = await get(path, "Accept: text/html")
    expect([404, 400]).toContain(status)
    expect(body).not.toMatch(/secret\n|build facts|brotli/)
  })

  it("gives a program that asks for no page no page", async () => {
    expect((await get("/chats/cht_1", "Accept: application/json")).status).toBe(404)
    expect((await get("/chats/cht_1", "Sec-Fetch-Mode: cors", "Accept: text/html")).status).toBe(404)
    expect((await get("/chats/cht_1", "Sec-Fetch-Mode: navigate")).status).toBe(200)
  })
})
