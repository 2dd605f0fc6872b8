import { describe, expect, it } from "vitest"
import { memoryTable } from "../store/memory.ts"
import type { Actor } from "../access/actor.ts"
import type { Blobs } from "./blobs.ts"
import { createFile, downloadFile, fileIdOf, fileUrl, findFiles, loadFile } from "./files.ts"
import type { FilePorts } from "./files.ts"
import { inspect } from "./kinds.ts"
import type { FileId } from "../protocol/id.ts"

const alice: Actor = { userId: "alice", role: "admin" }
const bob: Actor = { userId: "bob", role: "admin" }

function scene() {
  const stored = new Map<string, Uint8Array>()
  const blobs: Blobs = {
    put: async (key, bytes) => void stored.set(key, bytes),
    get: async (key) => stored.get(key),
    delete: async (key) => void stored.delete(key),
    deleteAll: async (prefix) =>
      [...stored.keys()].filter((key) => key.startsWith(prefix)).forEach((key) => stored.delete(key)),
    uploadUrl: async (key, rules) => ({ method: "PUT", url: `/${key}`, headers: { rules: JSON.stringify(rules) } }),
    size: async (key) => stored.get(key)?.length,
  }
  const clock = { now: () => 1_700_000_000_000 }
  return { ports: { table: memoryTable({ now: clock.now }), blobs, clock }, blobs }
}
const text = { name: "notes.txt", mediaType: "text/plain", bytes: 3 }
const have = (ports: FilePorts, actor: Actor, id: FileId) =>
  downloadFile(ports, actor, id, (name) => `attachment of ${name}`)
const failure = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "ok",
    (thrown: { code: string; message: string }) => `${thrown.code}: ${thrown.message}`,
  )

describe("files", () => {
  it("are made, uploaded, found and read", async () => {
    const { ports, blobs } = scene()
    const { id, upload } = await createFile(ports, alice, text)
    expect(upload).toEqual({
      method: "PUT",
      url: `/files/${id}`,
      headers: { rules: '{"bytes":3,"mediaType":"text/plain","expiresInMs":900000}' },
    })
    await blobs.put(`files/${id}`, new Uint8Array([97, 98, 99]), { mediaType: "text/plain" })
    const other = await createFile(ports, alice, { ...text, name: "b.txt" })
    await blobs.put(`files/${other.id}`, new Uint8Array([1, 2, 3]), { mediaType: "text/plain" })
    expect(await findFiles(ports, alice, [other.id, id, other.id])).toMatchObject([
      { id: other.id, name: "b.txt" },
      { id, name: "notes.txt", mediaType: "text/plain", bytes: 3, key: `files/${id}` },
      { id: other.id },
    ])
    expect(await findFiles(ports, alice, [])).toEqual([])
    expect(await have(ports, alice, id)).toEqual({ ...text, bytes: new Uint8Array([97, 98, 99]) })
    expect(await loadFile(ports, fileIdOf(fileUrl(id)))).toEqual({ ...text, bytes: new Uint8Array([97, 98, 99]) })
  })

  it("do not exist for anybody else", async () => {
    const { ports, blobs } = scene()
    const { id } = await createFile(ports, alice, text)
    await blobs.put(`files/${id}`, new Uint8Array(3), { mediaType: "text/plain" })
    const absent = "fil_01ARZ3NDEKTSV4RRFFQ69G5FAV"
    for (const look of [have(ports, bob, id), findFiles(ports, bob, [id])]) {
      expect(await failure(look)).toBe(`not_found: File ${id} does not exist.`)
    }
    for (const look of [have(ports, bob, absent), findFiles(ports, alice, [absent]), loadFile(ports, absent)]) {
      expect(await failure(look)).toBe(`not_found: File ${absent} does not exist.`)
    }
  })

  it("are had from where they lie when they are large and can be had there", async () => {
    const { ports, blobs } = scene()
    const asked: string[] = []
    const downloadUrl = async (key: string, rules: object) => {
      asked.push(`${key} ${JSON.stringify(rules)}`)
      return "https://elsewhere/"
    }
    const there = { ...ports, blobs: { ...blobs, downloadUrl } }
    const large = { ...text, bytes: 1024 * 1024 }
    const [one, other] = [await createFile(there, alice, large), await createFile(there, alice, text)]
    expect(await failure(have(there, alice, one.id))).toContain("has not been uploaded yet")
    expect(await failure(have(there, bob, one.id))).toBe(`not_found: File ${one.id} does not exist.`)
    for (const { id } of [one, other]) await blobs.put(`files/${id}`, new Uint8Array(3), { mediaType: "text/plain" })
    expect(await have(there, alice, one.id)).toEqual({ url: "https://elsewhere/" })
    expect(asked).toEqual([
      `files/${one.id} {"mediaType":"text/plain","contentDisposition":"attachment of ${text.name}","expiresInMs":60000}`,
    ])
    expect(await have(there, alice, other.id)).toMatchObject({ bytes: new Uint8Array(3) })
    expect(await have(ports, alice, one.id)).toMatchObject({ bytes: new Uint8Array(3) })
  })

  it("can be named only once they are there", async () => {
    const { ports, blobs } = scene()
    const { id } = await createFile(ports, alice, text)
    expect(await failure(findFiles(ports, alice, [id]))).toContain(`not_found: File ${id} has not been uploaded yet.`)
    expect(await failure(have(ports, alice, id))).toContain("not_found")
    await blobs.put(`files/${id}`, new Uint8Array(2), { mediaType: "text/plain" })
    expect(await failure(findFiles(ports, alice, [id]))).toContain("has not been uploaded yet")
  })

  it.each(["image/svg+xml", "text", "application/zip", "application/octet-stream", "image/tiff", "constructor/x"])(
    "may not be %s",
    async (mediaType) => {
      const { ports } = scene()
      expect(await failure(createFile(ports, alice, { ...text, mediaType }))).toContain("invalid: mediaType")
      expect(ports.table.items()).toEqual([])
    },
  )

  it.each([
    ["../../etc/passwd", "passwd"],
    ["C:\\Users\\me\\photo.png", "photo.png"],
    ["a\r\nb\u202etxt.exe", "abtxt.exe"],
    ["half \ud83d", "half"],
    ["..", "file"],
    ["folder/", "file"],
    ["Grüße 👋.txt", "Grüße 👋.txt"],
  ])("called %j are called %j", async (name, kept) => {
    const { ports } = scene()
    await createFile(ports, alice, { ...text, name })
    expect(ports.table.items()[0]).toMatchObject({ name: kept })
  })

  it.each([
    "https://evil.example/api/files/fil_01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "/api/files/fil_1",
    "/api/files/../x",
    "data:,x",
  ])("are not at %s", (url) => {
    expect(() => fileIdOf(url)).toThrow("not stored here")
  })
})

describe("inspect", () => {
  const webp = Uint8Array.from([0x52, 0x49, 0x46, 0x46, 1, 2, 3, 4, 0x57, 0x45, 0x42, 0x50])

  it("sees a signature also when it comes byte by byte", () => {
    const good = inspect("image/webp")
    for (const byte of webp) expect(good.take(Uint8Array.of(byte))).toBeUndefined()
    expect(good.end()).toBeUndefined()
    const bad = inspect("image/png")
    for (const byte of webp) bad.take(Uint8Array.of(byte))
    expect(bad.end()).toBe("The bytes are no image/png.")
  })

  it("refuses a large file by its beginning", () => {
    expect(inspect("image/png").take(new Uint8Array(2000))).toBe("The bytes are no image/png.")
    expect(inspect("text/plain").take(new Uint8Array(2000))).toBe("A text file must be UTF-8 without NUL characters.")
  })

  it("takes a character that is split between two pieces", () => {
    const halves = inspect("text/plain")
    expect(halves.take(Uint8Array.of(0xc3))).toBeUndefined()
    expect(halves.take(Uint8Array.of(0xbc))).toBeUndefined()
    expect(halves.end()).toBeUndefined()
  })
})
