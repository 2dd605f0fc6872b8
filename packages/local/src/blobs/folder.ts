import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises"
import type { FileHandle } from "node:fs/promises"
import { dirname, join, sep } from "node:path"
import { checkBlobKey } from "@omnichat/core/file/blobs"
import type { Blobs } from "@omnichat/core/file/blobs"
import type { UploadSigner } from "./signer.ts"

export type FolderBlobs = Blobs & {
  /** Writes what comes, whole or not at all. Nothing is left when `chunks` throws. */
  putStream(key: string, chunks: AsyncIterable<Uint8Array>): Promise<void>
}

/** Blobs as files in a folder: a key is a path below it, whole or not there, and durable once `put` has resolved. */
export function createFolderBlobs(folder: string, signer: UploadSigner): FolderBlobs {
  const pathOf = (key: string): string => {
    checkBlobKey(key)
    return join(folder, ...key.split("/"))
  }
  let count = 0
  const unfinished = () => join(folder, `${unfinishedPrefix}${process.pid}-${(count += 1)}`)

  const putStream: FolderBlobs["putStream"] = async (key, chunks) => {
    const path = pathOf(key)
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    const unnamed = unfinished()
    try {
      const file = await open(unnamed, "wx", 0o600)
      try {
        for await (const chunk of chunks) await writeAll(file, chunk)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(unnamed, path)
    } catch (thrown) {
      await rm(unnamed, { force: true })
      throw thrown
    }
    await syncFolder(dirname(path))
  }

  return {
    putStream,
    put: (key, bytes) => putStream(key, once(bytes)),
    get: (key) => unlessAbsent(readFile(pathOf(key))),
    async delete(key) {
      await rm(pathOf(key), { force: true })
    },
    async deleteAll(prefix) {
      const deepest = prefix.slice(0, prefix.lastIndexOf("/") + 1).replace(/\/$/, "")
      const within = deepest === "" ? folder : pathOf(deepest)
      const names = (await unlessAbsent(readdir(within))) ?? []
      const keys = names.map((name) => (deepest === "" ? name : `${deepest}/${name}`))
      await Promise.all(
        keys
          .filter((key) => key.startsWith(prefix) && !key.startsWith(unfinishedPrefix))
          .map((key) => rm(pathOf(key), { recursive: true, force: true })),
      )
    },
    uploadUrl: (key, rules) => Promise.resolve(signer.sign(key, rules)),
    async size(key) {
      return (await unlessAbsent(stat(pathOf(key))))?.size
    },
  }
}

/** Deletes what a process that died had begun to write; for the start, when nobody else writes here. */
export async function sweepUnfinished(folder: string): Promise<void> {
  const names = (await unlessAbsent(readdir(folder))) ?? []
  const left = names.filter((name) => name.startsWith(unfinishedPrefix))
  await Promise.all(left.map((name) => rm(join(folder, name), { force: true })))
}

const unfinishedPrefix = ".unfinished-"

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

/** A write may take less than it was given. */
async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  let rest = bytes
  while (rest.length > 0) rest = rest.subarray((await file.write(rest)).bytesWritten)
}

/** A new name is durable when its folder is (fsync(2)); Windows can open no folder and needs none. */
async function syncFolder(path: string): Promise<void> {
  if (sep === "\\") return
  const folder = await open(path)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function unlessAbsent<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && (thrown.code === "ENOENT" || thrown.code === "ENOTDIR")) {
      return undefined
    }
    throw thrown
  }
}
