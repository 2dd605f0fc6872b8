import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { createFolderBlobs, sweepUnfinished } from "./folder.ts"
import type { FolderBlobs } from "./folder.ts"
import { createUploadSigner } from "./signer.ts"

let folder: string
let blobs: FolderBlobs
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "omnichat-blobs-")), "blobs")
  blobs = createFolderBlobs(
    folder,
    createUploadSigner(new Uint8Array(32), () => 0),
  )
})
afterEach(() => rmSync(join(folder, ".."), { recursive: true }))

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = async (key: string): Promise<string | undefined> => {
  const found = await blobs.get(key)
  return found === undefined ? undefined : new TextDecoder().decode(found)
}
const plain = { mediaType: "text/plain" }

describe("blobs in a folder", () => {
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
    const keys = ["chats/a/1", "chats/a/2", "chats/ab/1", "chats/b/1", "other"]
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

  it("are whole or not there", async () => {
    async function* breaking(): AsyncGenerator<Uint8Array> {
      yield bytes("half")
      throw new Error("the client left")
    }
    await expect(blobs.putStream("files/a", breaking())).rejects.toThrow("the client left")
    expect(await blobs.get("files/a")).toBeUndefined()
    expect(readdirSync(folder)).toEqual(["files"])
  })

  it("are nobody else's to read", async () => {
    await blobs.put("files/a", bytes("x"), plain)
    expect(statSync(join(folder, "files/a")).mode & 0o777).toBe(0o600)
    expect(statSync(join(folder, "files")).mode & 0o777).toBe(0o700)
  })

  it("leave nothing of a process that died", async () => {
    await sweepUnfinished(folder)
    await blobs.put("files/a", bytes("x"), plain)
    writeFileSync(join(folder, ".unfinished-1-1"), "half")
    await sweepUnfinished(folder)
    expect(readdirSync(folder)).toEqual(["files"])
  })
})
