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
const plain = { mediaType: "text/plain" }

/** What they share with other blobs is in the contract of the port. */
describe("blobs in a folder", () => {
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
