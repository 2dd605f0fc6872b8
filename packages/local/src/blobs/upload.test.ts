import { readdirSync } from "node:fs"
import { connect } from "node:net"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { asJson, startLocalServer } from "../../test/server.ts"
import type { LocalServer } from "../../test/server.ts"
import { ask, rawHttp } from "../../test/raw.ts"

let server: LocalServer
beforeAll(async () => {
  server = await startLocalServer()
})
afterAll(() => server.close())

const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
)
type Created = { id: string; upload: { method: string; url: string; headers: Record<string, string> } }

async function create(mediaType: string, bytes: number, name = "file"): Promise<Created> {
  const { status, body } = await server.json("/api/files", asJson("POST", { name, mediaType, bytes }))
  expect(status).toBe(201)
  return body as Created
}
const put = ({ upload }: Created, body: Uint8Array<ArrayBuffer> | string, headers = upload.headers) =>
  fetch(upload.url, { method: upload.method, headers, body })
const download = ({ id }: Created) => fetch(`${server.url}/api/files/${id}`)

describe("an upload", () => {
  it("is put where it was told, and comes back as a download", async () => {
    const created = await create("image/png", png.length, 'a "photo"\r\nSet-Cookie: x=1 – Grüße.png')
    expect(created.upload.url).toMatch(new RegExp(`^${server.url}/api/files/${created.id}/upload\\?`))
    expect((await download(created)).status).toBe(404)
    expect((await put(created, png)).status).toBe(204)
    const response = await download(created)
    expect(Buffer.from(await response.arrayBuffer()).equals(png)).toBe(true)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "image/png",
      "content-disposition": `attachment; filename="a _photo_Set-Cookie: x=1 _ Gr__e.png"; filename*=UTF-8''a%20%22photo%22Set-Cookie%3A%20x%3D1%20%E2%80%93%20Gr%C3%BC%C3%9Fe.png`,
      "x-content-type-options": "nosniff",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
      "cross-origin-resource-policy": "same-origin",
    })
    expect(response.headers.has("set-cookie")).toBe(false)
  })

  it("happens once", async () => {
    const created = await create("text/plain", 3)
    expect((await put(created, "abc")).status).toBe(204)
    expect((await put(created, "xyz")).status).toBe(409)
    expect(await (await download(created)).text()).toBe("abc")
  })

  it.each([
    ["image/png", "no picture at all"],
    ["image/jpeg", png],
    ["image/webp", "RIFF....WAVE"],
    ["application/pdf", "<html>%PDF"],
    ["text/plain", "a\0b"],
    ["text/markdown", Buffer.from([0x61, 0xff])],
    ["application/json", Buffer.from([0xe2, 0x82])], // ends within a character
  ])("of %s is refused when the bytes are something else (%#)", async (mediaType, body) => {
    const bytes = Buffer.from(body)
    const created = await create(mediaType, bytes.length)
    const { status } = await put(created, bytes)
    expect([status, (await download(created)).status]).toEqual([400, 404])
  })

  it.each([
    ["image/gif", "GIF89a, and more"],
    ["image/webp", "RIFF....WEBPVP8 "],
    ["application/pdf", "%PDF-1.7\n"],
    ["text/csv", "a;b\nÄ;ß\n"],
    ["application/json", "{}"],
  ])("of %s is taken when they are that", async (mediaType, body) => {
    const created = await create(mediaType, Buffer.byteLength(body))
    expect((await put(created, body)).status).toBe(204)
  })

  it("of another size is refused, whatever Content-Length says", async () => {
    const created = await create("text/plain", 10)
    expect((await put(created, "short")).status).toBe(400)
    expect((await put(created, "longer than ten")).status).toBe(400)
    const { pathname, search } = new URL(created.upload.url)
    const chunked = ask(
      server.port,
      `PUT ${pathname}${search}`,
      "Content-Type: text/plain",
      "Transfer-Encoding: chunked",
    )
    expect((await rawHttp(server.port, chunked, "b\r\n12345678901\r\n0\r\n\r\n")).status).toBe(400)
    expect((await rawHttp(server.port, chunked, "3\r\n123\r\n0\r\n\r\n")).status).toBe(400)
    expect((await download(created)).status).toBe(404)
    expect((await rawHttp(server.port, chunked, "a\r\n1234567890\r\n0\r\n\r\n")).status).toBe(204)
  })

  it("must say the type that was announced", async () => {
    const created = await create("text/plain", 3)
    expect((await put(created, "abc", { "content-type": "text/html" })).status).toBe(415)
    expect((await put(created, "abc", {})).status).toBe(415)
  })

  it("needs the address exactly as it was given, for that file", async () => {
    const created = await create("text/plain", 3)
    const other = await create("text/plain", 3)
    const changed = (change: (url: URL) => void): Created => {
      const url = new URL(created.upload.url)
      change(url)
      return { ...created, upload: { ...created.upload, url: url.href } }
    }
    const forged = [
      changed((url) => url.searchParams.set("bytes", "4")),
      changed((url) => url.searchParams.set("type", "text/html")),
      changed((url) => url.searchParams.set("expires", "99999999999999")),
      changed((url) => url.searchParams.set("signature", "AAAA")),
      changed((url) => url.searchParams.delete("signature")),
      changed((url) => void (url.pathname = new URL(other.upload.url).pathname)),
    ]
    for (const one of forged) expect((await put(one, "abc")).status).toBe(403)
    const malformed = changed((url) => void (url.pathname = "/api/files/fil_1/upload"))
    expect((await put(malformed, "abc")).status).toBe(404)
    expect((await put(created, "abc")).status).toBe(204)
  })

  it("of a client that leaves half-way leaves nothing, and is no failure of ours", async () => {
    const created = await create("text/plain", 1000)
    const { pathname, search } = new URL(created.upload.url)
    const request = ask(server.port, `PUT ${pathname}${search}`, "Content-Type: text/plain", "Content-Length: 1000")
    const socket = connect(server.port, "127.0.0.1")
    socket.write(`${request.join("\r\n")}\r\n\r\n${"x".repeat(500)}`)
    const blobs = join(server.dataFolder, "blobs")
    const isUnfinished = () => readdirSync(blobs).some((name) => name.startsWith(".unfinished-"))
    while (!isUnfinished()) await new Promise(setImmediate)
    socket.destroy()
    while (isUnfinished()) await new Promise(setImmediate)
    expect((await download(created)).status).toBe(404)
    while (!server.log.some(({ event }) => event === "client-left")) await new Promise(setImmediate)
    expect(server.log.filter(({ level }) => level === "error")).toEqual([])
  })
})
