import type { Blobs } from "@omnichat/core/file/blobs"
import { afterEach, beforeEach, describe, expect, it } from "vitest"

type Upload = Awaited<ReturnType<Blobs["uploadUrl"]>>

export type OpenedBlobs = {
  blobs: Blobs
  /** Uses an address as a client does; gives the status. */
  send(upload: Upload, body: Uint8Array): Promise<number>
  /** Lets the clock go on by so many milliseconds. */
  pass(ms: number): void
  close(): Promise<void> | void
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const plain = { mediaType: "text/plain" }

/** The contract of the Blobs port. Run by every adapter. */
export function describeBlobs(name: string, open: () => Promise<OpenedBlobs> | OpenedBlobs): void {
  describe(name, () => {
    let opened: OpenedBlobs
    let blobs: Blobs
    beforeEach(async () => {
      opened = await open()
      blobs = opened.blobs
    })
    afterEach(() => opened.close())
    const text = async (key: string): Promise<string | undefined> => {
      const found = await blobs.get(key)
      return found === undefined ? undefined : new TextDecoder().decode(found)
    }

    it("are put, replaced, measured and deleted", async () => {
      expect([await blobs.get("files/a"), await blobs.size("files/a")]).toEqual([undefined, undefined])
      await blobs.put("files/a", bytes("one"), plain)
      await blobs.put("files/a", bytes("three"), plain)
      expect([await text("files/a"), await blobs.size("files/a")]).toEqual(["three", 5])
      await blobs.delete("files/a")
      await blobs.delete("files/a")
      expect(await blobs.get("files/a")).toBeUndefined()
    })

    it("may be empty, and large", async () => {
      await blobs.put("empty", new Uint8Array(0), plain)
      expect(await blobs.size("empty")).toBe(0)
      const large = new Uint8Array(3 * 1024 * 1024).fill(7)
      await blobs.put("large", large, plain)
      expect(Buffer.from((await blobs.get("large")) ?? []).equals(large)).toBe(true)
    })

    it("are deleted by the beginning of their key, and nothing else is", async () => {
      const keys = ["chats/a/1", "chats/a/2", "chats/a/3", "chats/ab/1", "chats/b/1", "other"]
      for (const key of keys) await blobs.put(key, bytes(key), plain)
      const left = async () => {
        const found = await Promise.all(keys.map(text))
        return found.filter((key) => key !== undefined)
      }
      await blobs.deleteAll("chats/a/")
      expect(await left()).toEqual(["chats/ab/1", "chats/b/1", "other"])
      await blobs.deleteAll("chats/a")
      expect(await left()).toEqual(["chats/b/1", "other"])
      await blobs.deleteAll("nothing/here/")
      await blobs.deleteAll("chats/b/1")
      expect(await left()).toEqual(["other"])
    })

    it.each(["", "../secret", "a/../../b", "/etc/passwd", "a//b", "a/./b", "a/", "a\\b", "a b", "a\0b", "..."])(
      "have no key like %j",
      async (key) => {
        await expect(Promise.resolve().then(() => blobs.get(key))).rejects.toThrow(TypeError)
        await expect(blobs.put(key, bytes("x"), plain)).rejects.toThrow(TypeError)
      },
    )

    describe("an address for an upload", () => {
      const key = "files/fil_01ARZ3NDEKTSV4RRFFQ69G5FAV"
      const other = "files/fil_01ARZ3NDEKTSV4RRFFQ69G5FAW"
      const address = (rules = {}) =>
        blobs.uploadUrl(key, { bytes: 3, mediaType: "text/plain", expiresInMs: 60_000, ...rules })
      const refused = async (upload: Upload, body = bytes("abc")) => {
        const status = await opened.send(upload, body)
        expect({ upload, refused: status >= 400 && status < 500 }).toEqual({ upload, refused: true })
        expect(await blobs.size(key)).toBeUndefined()
      }

      it("takes the bytes it was made for, once", async () => {
        const upload = await address()
        expect(upload).toMatchObject({ method: "PUT", headers: { "content-type": "text/plain" } })
        expect(await opened.send(upload, bytes("abc"))).toBeLessThan(300)
        expect(await text(key)).toBe("abc")
        const bare = { ...upload, headers: { "content-type": "text/plain" } }
        for (const again of [upload, bare]) expect(await opened.send(again, bytes("xyz"))).toBeGreaterThanOrEqual(400)
        expect(await text(key)).toBe("abc")
      })

      it("takes no other size, and no other type", async () => {
        const upload = await address()
        for (const body of ["ab", "abcd", ""]) await refused(upload, bytes(body))
        const typed = (type: string) => ({ ...upload, headers: { ...upload.headers, "content-type": type } })
        for (const type of ["text/html", "text/plain; charset=utf-8"]) await refused(typed(type))
        expect(await opened.send(upload, bytes("abc"))).toBeLessThan(300)
      })

      it("is good exactly as it was given, for that key", async () => {
        const upload = await address()
        const origin = "http://127.0.0.1"
        const changed = (change: (url: URL) => void): Upload => {
          const url = new URL(upload.url, origin)
          change(url)
          return { ...upload, url: url.href.replace(`${origin}/`, "/") }
        }
        const { searchParams } = new URL(upload.url, origin)
        expect(searchParams.size).toBeGreaterThan(2)
        for (const [name, value] of searchParams) {
          if (name !== "x-id") await refused(changed((url) => url.searchParams.set(name, `${value}1`)))
        }
        await refused(changed((url) => (url.search = "")))
        await refused(changed((url) => (url.pathname = url.pathname.replace(key.slice(6), other.slice(6)))))
        expect(await blobs.size(other)).toBeUndefined()
      })

      it("ends", async () => {
        const upload = await address()
        opened.pass(60_000)
        await refused(upload)
      })
    })
  })
}
