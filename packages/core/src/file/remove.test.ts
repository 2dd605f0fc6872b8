import { beforeEach, describe, expect, it } from "vitest"
import { memoryTable } from "../store/memory.ts"
import type { MemoryTable } from "../store/memory.ts"
import type { Actor } from "../access/actor.ts"
import type { ChatId, FileId } from "../protocol/id.ts"
import { ConditionFailed } from "../store/table.ts"
import type { Table } from "../store/table.ts"
import type { Blobs } from "./blobs.ts"
import { createFile, keptUnnamedMs } from "./files.ts"
import { removeChatsFiles, removeUnnamedFiles } from "./remove.ts"
import { blobKey, nameFileOperations } from "./store.ts"

const alice: Actor = { userId: "alice", role: "admin" }
const [one, other]: [ChatId, ChatId] = ["cht_01HF0000000000000000000000", "cht_01HF0000000000000000000001"]

let now = 1_700_000_000_000
let stored = new Map<string, Uint8Array>()
let inner: MemoryTable
let errors: string[]
/** What happens before a call of the table; it may throw. */
let before: (method: string, pk: string) => void | Promise<void>
let ports: Parameters<typeof removeUnnamedFiles>[0]

beforeEach(() => {
  stored = new Map()
  errors = []
  before = () => {}
  inner = memoryTable({ now: () => now, pageSize: 3 })
  const table = new Proxy(inner as Table, {
    get:
      (target, method: keyof Table) =>
      async (...args: [{ pk: string }]) => {
        await before(method, args[0].pk)
        return (target[method] as (...args: unknown[]) => Promise<unknown>)(...args)
      },
  })
  const unused = () => Promise.reject(new Error("not used here"))
  const blobs: Blobs = {
    put: unused,
    get: unused,
    delete: async (key) => void stored.delete(key),
    deleteAll: unused,
    uploadUrl: async () => ({ method: "PUT", url: "/", headers: {} }),
    size: unused,
  }
  const log = { debug() {}, info() {}, warn() {}, error: (event: string) => void errors.push(event) }
  ports = { table, blobs, log, clock: { now: () => now } }
})

async function uploaded(): Promise<FileId> {
  const { id } = await createFile(ports, alice, { name: "a.txt", mediaType: "text/plain", bytes: 1 })
  stored.set(blobKey(id), new Uint8Array(1))
  return id
}
const name = (chatId: ChatId, ...ids: FileId[]) => inner.transact(nameFileOperations(ids, chatId))
const left = () => [...stored.keys()].toSorted()
/** What is stored of files, but for the looks that are still to come. */
const items = () => inner.items().filter(({ pk }) => pk !== "JOB#files")

describe("the files of a deleted chat", () => {
  it("go with it, however many they are", async () => {
    const ids: FileId[] = []
    for (let count = 0; count < 30; count += 1) ids.push(await uploaded())
    const kept = await uploaded()
    await name(one, ...ids.slice(0, 20), ...ids.slice(0, 3))
    await name(one, ...ids.slice(10))
    await name(other, kept)
    await removeChatsFiles(ports, one)
    expect(left()).toEqual([blobKey(kept)])
    await removeChatsFiles(ports, other)
    expect([left(), items()]).toEqual([[], []])
  })

  it("stay while another chat names them, and go with the last one", async () => {
    const id = await uploaded()
    await name(one, id)
    await name(other, id)
    await removeChatsFiles(ports, one)
    expect(left()).toEqual([blobKey(id)])
    await removeChatsFiles(ports, one)
    expect(left()).toEqual([blobKey(id)])
    await removeChatsFiles(ports, other)
    expect([left(), items()]).toEqual([[], []])
  })

  it("go when both chats go at the same moment", async () => {
    const id = await uploaded()
    await name(one, id)
    await name(other, id)
    await Promise.all([removeChatsFiles(ports, one), removeChatsFiles(ports, other)])
    expect([left(), items()]).toEqual([[], []])
  })

  it("stay when a start names them in the moment they were found to be nobody's", async () => {
    const id = await uploaded()
    await name(one, id)
    let looks = 0
    before = async (method, pk) => {
      if (method === "delete" && pk === `FILE#${id}` && (looks += 1) === 2) await name(other, id)
    }
    await removeChatsFiles(ports, one)
    expect([looks, left()]).toEqual([2, [blobKey(id)]])
    expect(items().map(({ pk, sk }) => `${pk} ${sk}`)).toEqual([
      `CHAT#${other} FILE#${id}`,
      `FILE#${id} CHAT#${other}`,
      `FILE#${id} META`,
    ])
  })

  it("cannot be named any more once they are gone", async () => {
    const id = await uploaded()
    await name(one, id)
    await removeChatsFiles(ports, one)
    await expect(name(other, id)).rejects.toThrow(ConditionFailed)
    expect(items()).toEqual([])
  })

  it("are all gone in the end, wherever the removal was broken off", async () => {
    for (let call = 1, broken = true; broken; call += 1) {
      const ids = [await uploaded(), await uploaded()]
      await name(one, ...ids)
      let calls = 0
      broken = false
      before = () => {
        if ((calls += 1) < call) return
        broken = true
        throw new Error("the process ends")
      }
      const removal = removeChatsFiles(ports, one)
      if (call < 5) await expect(removal).rejects.toThrow("the process ends")
      else await removal.catch(() => undefined) // the last time round nothing is broken off
      before = () => {}
      await removeChatsFiles(ports, one)
      expect([call, left(), items()]).toEqual([call, [], []])
    }
  })
})

describe("files that no message has named", () => {
  it("go a day after they were made, the named ones stay", async () => {
    const ids = []
    for (let count = 0; count < 30; count += 1) ids.push(await uploaded())
    const named = ids[7] as FileId
    await name(one, named)
    now += keptUnnamedMs - 1
    const later = await uploaded()
    await removeUnnamedFiles(ports)
    expect(left()).toHaveLength(31)
    now += 1
    await removeUnnamedFiles(ports)
    expect(left()).toEqual([named, later].map(blobKey).toSorted())
    now += keptUnnamedMs
    await removeUnnamedFiles(ports)
    expect(left()).toEqual([blobKey(named)])
    expect(inner.items().map(({ pk }) => pk)).not.toContain("JOB#files")
  })

  it("are looked for also where the chat that named them went first and the bytes were put once more", async () => {
    const id = await uploaded()
    await name(one, id)
    await removeChatsFiles(ports, one)
    stored.set(blobKey(id), new Uint8Array(1))
    now += keptUnnamedMs
    await removeUnnamedFiles(ports)
    expect([left(), inner.items()]).toEqual([[], []])
  })

  it("do not hold up each other", async () => {
    const [bad, good] = [await uploaded(), await uploaded()]
    now += keptUnnamedMs
    before = (_, pk) => {
      if (pk === `FILE#${bad}`) throw new Error("no answer")
    }
    await removeUnnamedFiles(ports)
    expect([left(), new Set(errors)]).toEqual([[blobKey(bad)], new Set(["file-not-settled"])])
    expect(left()).not.toContain(blobKey(good))
    before = () => {}
    await removeUnnamedFiles(ports)
    expect([left(), inner.items()]).toEqual([[], []])
  })
})
