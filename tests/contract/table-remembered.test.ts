import type { Table } from "@omnichat/core/store/table"
import { rememberReads } from "@omnichat/local/remembered-reads"
import { describe, expect, it } from "vitest"
import { memoryTable } from "../support/memory-table.ts"
import { temporarySqlite } from "../support/sqlite-table.ts"
import { describeTable } from "./table.ts"

describeTable("Table on SQLite with remembered reads", async ({ now }) => {
  const { table, close } = await temporarySqlite({ now })
  return { table: rememberReads(table, now), close }
})

describe("remembered reads", () => {
  const key = { pk: "P", sk: "STATE" }

  it("ask the table once for what nobody writes", async () => {
    const { table, reads } = counted()
    await table.put({ ...key, n: 1 })
    for (let at = 0; at < 3; at++) expect(await table.get(key)).toEqual({ ...key, n: 1 })
    expect(reads()).toBe(1)
  })

  it("ask again after any write to the item, a refused one too", async () => {
    const { table, reads } = counted()
    await table.put({ ...key, n: 1 })
    const refused = () => expect(table.put({ ...key, n: 0 }, { if: [{ absent: "pk" }] })).rejects.toThrow(/condition/)
    const writes = [
      () => table.update(key, { add: { n: 1 } }),
      () => table.transact([{ update: key, change: { add: { n: 1 } } }]),
      () => table.batchWrite([{ put: { ...key, n: 9 } }]),
      refused,
      () => table.delete(key),
    ]
    await table.get(key)
    for (const [at, write] of writes.entries()) {
      await write()
      await table.get(key)
      await table.get(key)
      expect(reads()).toBeGreaterThanOrEqual(at + 2)
    }
    expect(await table.get(key)).toBeUndefined()
  })

  it("do not remember what was read while it was being written", async () => {
    const { table, hold } = counted()
    await table.put({ ...key, n: 1 })
    const release = hold()
    const early = table.get(key)
    const write = table.update(key, { set: { n: 2 } })
    const late = table.get(key)
    release()
    await Promise.all([early, write, late])
    expect(await table.get(key)).toEqual({ ...key, n: 2 })
  })

  it("leave out what is large or read once", async () => {
    const { table, reads } = counted()
    await table.put({ pk: "P", sk: "REQUEST" })
    await table.get({ pk: "P", sk: "REQUEST" })
    await table.get({ pk: "P", sk: "REQUEST" })
    expect(reads()).toBe(2)
  })

  it("give nobody an item that somebody else could change", async () => {
    const { table } = counted()
    await table.put({ ...key, map: { a: 1 } })
    await table.get(key)
    const item = await table.get(key)
    expect(() => Object.assign(item?.map as object, { a: 2 })).toThrow(TypeError)
  })
})

/** A table that counts its reads, and whose answers can be held back. */
function counted(): { table: Table; reads: () => number; hold: () => () => void } {
  const inner = memoryTable({ now: () => 0 })
  let reads = 0
  let gate = Promise.resolve()
  const held = async <T>(result: Promise<T>): Promise<T> => {
    await gate
    return result
  }
  const table: Table = {
    ...inner,
    get: (...args) => {
      reads += 1
      return held(inner.get(...args))
    },
    update: (...args) => held(inner.update(...args)),
  }
  return {
    table: rememberReads(table, () => 0),
    reads: () => reads,
    hold: () => {
      let release = (): void => {}
      gate = new Promise((resolve) => (release = resolve))
      return release
    },
  }
}
