import { describe, expect, it } from "vitest"
import type { HttpAnswer } from "../support/raw-http.ts"
import { http } from "../support/raw-http.ts"
import { runtimeKind } from "../support/runtime.ts"
import { idPattern } from "./rules.ts"
import { endOf, textOf } from "./run-rules.ts"
import { acked, expectHttpRefusal, expectRefusal, question, startOf, useScene } from "./scene.ts"
import type { Ack, Fields } from "./scene.ts"

const scene = useScene({ sweepEveryMs: 500 })

/** One pixel. */
const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
)
const image = { name: "pixel.png", mediaType: "image/png", bytes: png.length }

type Created = { id: string; upload: { method: string; url: string; headers: Record<string, string> } }

async function create(file: Fields = image): Promise<Created> {
  const { status, body } = await scene.http("POST", "/api/files", { body: file })
  expect(status).toBe(201)
  return body as Created
}

async function put({ upload }: Created, body: Buffer, headers: Record<string, string> = {}): Promise<HttpAnswer> {
  const url = new URL(upload.url, scene.runtime.httpUrl).href
  return http(upload.method, url, { headers: { ...upload.headers, ...headers }, body })
}

async function uploaded(file: Fields = image, bytes: Buffer = png): Promise<string> {
  const created = await create(file)
  expect((await put(created, bytes)).status).toBeLessThan(300)
  return created.id
}

/** The bytes, or those that the redirect leads to. */
async function download(path: string): Promise<HttpAnswer> {
  const answer = await scene.http("GET", path)
  const { location } = answer.headers
  return answer.status === 302 && location !== undefined ? http("GET", location) : answer
}

describe("files", () => {
  it("[H7] are named first, then uploaded, then read back byte for byte, as a download", async () => {
    const created = await create()
    expect(Object.keys(created).sort()).toEqual(["id", "upload"])
    expect(created.id).toMatch(idPattern)
    expect(created.id).toMatch(/^fil_/)
    expect(created.upload).toEqual({
      method: "PUT",
      url: expect.any(String) as string,
      headers: expect.any(Object) as object,
    })
    expect((await put(created, png)).status).toBeLessThan(300)
    const { status, headers, bytes } = await scene.http("GET", `/api/files/${created.id}`)
    expect(status).toBe(200)
    expect(bytes.equals(png)).toBe(true)
    expect(headers["content-type"]).toBe("image/png")
    expect(headers["x-content-type-options"]).toBe("nosniff")
    expect(headers["content-disposition"]).toMatch(/^attachment\b.*pixel\.png/)
  })

  it("[H7] a name may hold anything, and its header stays a header", async () => {
    for (const name of [
      'Ein "Bild" – für 你好.png',
      "a\r\nset-cookie: x=1.png",
      "../../etc/passwd",
      "C:\\x.png",
      "%00.png",
    ]) {
      const id = await uploaded({ ...image, name })
      const { status, headers } = await scene.http("GET", `/api/files/${id}`)
      expect({ name, status }).toEqual({ name, status: 200 })
      expect(headers["set-cookie"]).toBeUndefined()
      expect(headers["content-disposition"]).toMatch(/^attachment\b[\x20-\x7e]*$/)
    }
  })

  it("[H7] nothing that a browser could run is ever shown as a page", async () => {
    for (const [mediaType, text] of [
      ["text/html", "<script>alert(1)</script>"],
      ["image/svg+xml", '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'],
      ["application/javascript", "alert(1)"],
    ] as const) {
      const bytes = Buffer.from(text)
      const file = { name: "page", mediaType, bytes: bytes.length }
      const made = await scene.http("POST", "/api/files", { body: file })
      if (made.status !== 201) {
        expectHttpRefusal(made, made.status)
        continue
      }
      const created = made.body as Created
      if ((await put(created, bytes)).status >= 300) continue
      const { headers } = await scene.http("GET", `/api/files/${created.id}`)
      expect(headers["x-content-type-options"]).toBe("nosniff")
      expect(headers["content-disposition"]).toMatch(/^attachment\b/)
    }
  })

  it("[H7, H1] what has no name, type or size, or is too large, is refused before a byte is sent", async () => {
    const wrong: Fields[] = [
      { ...image, bytes: 0 },
      { ...image, bytes: -1 },
      { ...image, bytes: 1.5 },
      { ...image, bytes: String(png.length) },
      { ...image, bytes: 25 * 1024 * 1024 + 1 },
      { ...image, name: "" },
      { ...image, name: 7 },
      { ...image, name: "x".repeat(10_000) },
      { ...image, mediaType: "" },
      { ...image, mediaType: "image" },
      { ...image, mediaType: "image/png\r\nx: y" },
      { name: "a.png", mediaType: "image/png" },
      { name: "a.png", bytes: 7 },
      { mediaType: "image/png", bytes: 7 },
    ]
    for (const file of wrong) {
      const answer = await scene.http("POST", "/api/files", { body: file })
      expect({ file, refused: [400, 413, 415].includes(answer.status) }).toEqual({ file, refused: true })
      expectHttpRefusal(answer, answer.status)
    }
    expect((await create({ ...image, bytes: 25 * 1024 * 1024 })).id).toMatch(/^fil_/)
  })

  it("[H7] other bytes than were named are refused, and the file is not there", async () => {
    const html = Buffer.from("<script>alert(1)</script>".padEnd(png.length, " "))
    const wrong: [string, Buffer, Record<string, string>?][] = [
      ["too few", png.subarray(1)],
      ["too many", Buffer.concat([png, png])],
      ["none", Buffer.alloc(0)],
      // S3 looks at no bytes; what they are called, how many they are and for whom is signed
      ...(runtimeKind === "local" ? ([["of another type", html]] as [string, Buffer][]) : []),
      ["with another type's name", png, { "content-type": "text/html" }],
    ]
    for (const [what, bytes, headers] of wrong) {
      const created = await create()
      const answer = await put(created, bytes, headers)
      expect({ what, refused: answer.status >= 400 && answer.status < 500 }).toEqual({ what, refused: true })
      expectHttpRefusal(await scene.http("GET", `/api/files/${created.id}`), 404, "not_found")
      const socket = await scene.connect()
      const parts = [{ type: "file", fileId: created.id }]
      expectRefusal(await socket.act(startOf({ message: { parts } })), "not_found")
    }
  })

  it("[H7] an address is for one file, and for its own bytes only", async () => {
    const [one, other] = [await create(), await create()]
    const address = new URL(one.upload.url, scene.runtime.httpUrl)
    for (const [name, value] of address.searchParams) {
      const forged = new URL(address)
      forged.searchParams.set(name, `${value}1`)
      const answer = await http("PUT", forged.href, { headers: one.upload.headers, body: png })
      expect(answer.status).toBeGreaterThanOrEqual(400)
    }
    const elsewhere = address.href.replace(one.id, other.id)
    if (elsewhere !== address.href) {
      const answer = await http("PUT", elsewhere, { headers: one.upload.headers, body: png })
      expect(answer.status).toBeGreaterThanOrEqual(400)
    }
    const bare = new URL(address)
    bare.search = ""
    if (bare.href !== address.href) {
      expect((await http("PUT", bare.href, { headers: one.upload.headers, body: png })).status).toBeGreaterThanOrEqual(
        400,
      )
    }
    for (const { id } of [one, other]) {
      expectHttpRefusal(await scene.http("GET", `/api/files/${id}`), 404, "not_found")
    }
  })

  it("[H7] 25 MB arrive whole", async () => {
    const bytes = Buffer.concat([png, Buffer.alloc(25 * 1024 * 1024 - png.length, 7)])
    const id = await uploaded({ ...image, bytes: bytes.length }, bytes)
    const answer = await download(`/api/files/${id}`)
    expect(answer.bytes.equals(bytes)).toBe(true)
    expect(answer.headers["content-disposition"]).toMatch(/^attachment\b.*pixel\.png/)
  })
})

describe("files in messages", () => {
  it("[H7, A6, H6] an image is stored as a part, and the model sees it", async () => {
    const socket = await scene.connect()
    const fileId = await uploaded()
    const model = scene.model({}, "images")
    const parts = [
      { type: "text", text: "What is this?" },
      { type: "file", fileId },
    ]
    const { ack, events } = await scene.run(socket, { message: { parts }, model })
    expect(textOf(events)).toContain("images: 1")
    const messages = scene.asked(model)[0]?.messages ?? []
    expect(messages).toHaveLength(1)
    expect(messages[0]?.text).toContain("What is this?")
    expect(messages[0]?.images.map((image) => image.equals(png))).toEqual([true])
    const stored = await scene.message(ack.chatId, ack.userMessageId)
    expect(stored.parts).toEqual([
      { type: "text", text: "What is this?" },
      { type: "file", mediaType: "image/png", url: expect.stringContaining(fileId) as string, filename: "pixel.png" },
    ])
    const { pathname } = new URL(String(stored.parts[1]?.["url"]), scene.runtime.httpUrl)
    expect((await download(pathname)).bytes.equals(png)).toBe(true)

    const next = scene.model({}, "images")
    await scene.run(socket, { chatId: ack.chatId, model: next })
    expect(JSON.stringify(scene.asked(next)[0]?.body)).toContain(png.toString("base64"))
  })

  it("[H7] a file alone is a message, and may be in many", async () => {
    const socket = await scene.connect()
    const fileId = await uploaded()
    const acks: Ack[] = []
    for (let count = 0; count < 2; count += 1) {
      const message = {
        parts: [
          { type: "file", fileId },
          { type: "file", fileId },
        ],
      }
      const { ack, events } = await scene.run(socket, { message, model: scene.model({}, "images") })
      expect([endOf(events).status, textOf(events).includes("images: 2")]).toEqual(["complete", true])
      acks.push(ack)
    }
    expect((await scene.http("DELETE", `/api/chats/${acks[0]?.chatId}`)).status).toBe(204)
    expect((await scene.http("GET", `/api/files/${fileId}`)).status).toBe(200)
    const { chatId, userMessageId } = acks[1] as Ack
    const again = { chatId, parentId: userMessageId, message: undefined, model: scene.model({}, "images") }
    expect(textOf((await scene.run(socket, again)).events)).toContain("images: 2")
  })

  it("[H7, A6] one that is not uploaded yet is not found, and is there afterwards", async () => {
    const socket = await scene.connect()
    const created = await create()
    const start = startOf({
      message: { parts: [{ type: "file", fileId: created.id }] },
      model: scene.model({}, "images"),
    })
    const before = await scene.snapshot()
    expectRefusal(await socket.act(start), "not_found")
    expect(await scene.snapshot()).toBe(before)
    expect((await put(created, png)).status).toBeLessThan(300)
    const ack = acked(await socket.act(start))
    expect(endOf(await scene.ended(socket, ack)).status).toBe("complete")
  })
})

describe("files that a model cannot read", () => {
  it("[H7, A6, G5] a question about a PDF is kept, and its answer says what is wrong", async () => {
    const socket = await scene.connect()
    const pdf = Buffer.from("%PDF-1.7\n%%EOF\n")
    const fileId = await uploaded({ name: "report.pdf", mediaType: "application/pdf", bytes: pdf.length }, pdf)
    const model = scene.model({})
    const parts = [
      { type: "text", text: "What does it say?" },
      { type: "file", fileId },
    ]
    const { ack, events } = await scene.run(socket, { message: { parts }, model })
    expect(endOf(events)).toMatchObject({ status: "failed", error: { code: "invalid", retryable: false } })
    expect(endOf(events).error?.message).toMatch(/cannot read PDF files, and report\.pdf is one/)
    expect(scene.asked(model)).toEqual([])
    await scene.expectStored(ack, events)
    const asked = await scene.message(ack.chatId, ack.userMessageId)
    expect(asked.parts).toMatchObject([{ type: "text" }, { type: "file", filename: "report.pdf" }])

    const next = scene.model({})
    const { events: later } = await scene.run(socket, {
      chatId: ack.chatId,
      message: question("And now?"),
      model: next,
    })
    expect(endOf(later).status).toBe("complete")
    expect(JSON.stringify(scene.asked(next)[0]?.body)).toContain("report.pdf")
  })

  it("[H7] text and JSON are given to every model as text", async () => {
    const socket = await scene.connect()
    for (const [name, mediaType, text] of [
      ["notes.md", "text/markdown", "# Grüße 👋"],
      ["data.json", "application/json", '{"answer":42}'],
    ] as const) {
      const bytes = Buffer.from(text)
      const fileId = await uploaded({ name, mediaType, bytes: bytes.length }, bytes)
      const model = scene.model({})
      const { events } = await scene.run(socket, { message: { parts: [{ type: "file", fileId }] }, model })
      expect(endOf(events).status).toBe("complete")
      const given = JSON.stringify((await scene.firstAsked(model)).body)
      expect(given).toContain(JSON.stringify(`File ${name}:\n\n\`\`\`\n${text}\n`).slice(1, -1))
    }
  })
})

describe("the end of files", () => {
  const note = async () => uploaded({ name: "note.txt", mediaType: "text/plain", bytes: 5 }, Buffer.from("Note."))
  const status = async (fileId: string) => (await scene.http("GET", `/api/files/${fileId}`)).status
  /** The sweep removes them, and tells nobody. */
  async function gone(fileId: string): Promise<void> {
    while ((await status(fileId)) !== 404);
  }

  it("[H5, H7] they go with the last chat that names them, and can then be named no more", async () => {
    const socket = await scene.connect()
    const own: string[] = [] // with the shared one as many as a message may name
    while (own.length < 19) own.push(await note())
    const [shared, unnamed] = [await note(), await note()]
    const ask = async (...fileIds: string[]) => {
      const parts = fileIds.map((fileId) => ({ type: "file", fileId }))
      return (await scene.run(socket, { message: { parts }, model: scene.model({}) })).ack.chatId
    }
    const [one, other] = [await ask(...own, shared), await ask(shared)]
    expect((await scene.http("DELETE", `/api/chats/${one}`)).status).toBe(204)
    await Promise.all(own.map(gone))
    expect([await status(shared), await status(unnamed)]).toEqual([200, 200])
    const again = startOf({ message: { parts: [{ type: "file", fileId: own[0] }] } })
    expectRefusal(await socket.act(again), "not_found")
    expect((await scene.http("DELETE", `/api/chats/${other}`)).status).toBe(204)
    await gone(shared)
    expect(await status(unnamed)).toBe(200)
  })

  it("[H5, H7, A3] a file named at the moment its chat goes is either there for good or not found", async () => {
    const socket = await scene.connect()
    for (let time = 0; time < 5; time += 1) {
      const [fileId, witness] = [await note(), await note()]
      const parts = [fileId, witness].map((id) => ({ type: "file", fileId: id }))
      const { chatId } = (await scene.run(socket, { message: { parts }, model: scene.model({}) })).ack
      expect((await scene.http("DELETE", `/api/chats/${chatId}`)).status).toBe(204)
      const model = scene.model({})
      const start = startOf({ message: { parts: [{ type: "file", fileId }] }, model })
      for (let rounds = 0; rounds < 20 * time; rounds += 1) await socket.roundTrip()
      const answer = await socket.act(start)
      await gone(witness)
      if (answer.type === "error") {
        expectRefusal(answer, "not_found")
        continue
      }
      const ack = acked(answer)
      expect(endOf(await scene.ended(socket, ack)).status).toBe("complete")
      expect(await status(fileId)).toBe(200)
    }
  })
})
