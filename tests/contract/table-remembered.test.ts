import type { Table } from "@omnichat/core/store/table"
import { rememberReads } from "@omnichat/local/remembered-reads"
import { describe, expect, it } from "vitest"
import { memoryTable } from "@omnichat/core/store/memory"
import { temporarySqlite } from "../support/sqlite-table.ts"
import { describeTable } from "./table.ts"

describeTable("Table on SQLite with remembered reads", async ({ now }) => {
  const { table, close } = await temporarySqlite({ now })
  return { table: rememberReads(table, now), close }
})

describe("remembered reads", () => {
  const key = { pk: "P", sk: "STATE" }

  it("ask the table once for what nobody writes", async () => {
    const { table, inner, reads } = counted()
    await inner.put({ ...key, n: 1 })
    for (let at = 0; at < 3; at++) expect(await table.get(key)).toEqual({ ...key, n: 1 })
    expect(reads()).toBe(1)
  })

  it("know what was written without asking", async () => {
    const { table, reads } = counted()
    await table.put({ ...key, n: 1 })
    expect(await table.get(key)).toEqual({ ...key, n: 1 })
    await table.update(key, { add: { n: 1 } })
    expect(await table.get(key)).toEqual({ ...key, n: 2 })
    await table.transact([{ put: { ...key, n: 7 } }])
    expect(await table.get(key)).toEqual({ ...key, n: 7 })
    expect(reads()).toBe(0)
  })

  it("ask again after a write that does not say what it left, and after one that was refused", async () => {
    const { table, reads } = counted()
    await table.put({ ...key, n: 1 })
    const refused = () => expect(table.put({ ...key, n: 0 }, { if: [{ absent: "pk" }] })).rejects.toThrow(/condition/)
    const writes: [() => Promise<unknown>, unknown][] = [
      [() => table.transact([{ update: key, change: { add: { n: 1 } } }]), { ...key, n: 2 }],
      [() => table.batchWrite([{ put: { ...key, n: 9 } }]), { ...key, n: 9 }],
      [refused, { ...key, n: 9 }],
      [() => table.delete(key), undefined],
    ]
    for (const [at, [write, left]] of writes.entries()) {
      await write()
      expect(await table.get(key)).toEqual(left)
      expect(reads()).toBe(at + 1)
    }
  })

  it("do not remember either of two writes that overlap", async () => {
    const { table, reads, hold } = counted()
    await table.put({ ...key, n: 1 })
    const release = hold()
    const both = [table.update(key, { set: { n: 2 } }), table.update(key, { set: { n: 3 } })]
    release()
    await Promise.all(both)
    expect(await table.get(key)).toEqual({ ...key, n: 3 })
    expect(reads()).toBe(1)
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

  it("leave out what is large, and forget what is read once", async () => {
    const { table, reads } = counted()
    await table.put({ ...key, text: "x".repeat(20_000) })
    await table.get(key)
    expect(reads()).toBe(1)
    const request = { pk: "P", sk: "REQUEST" }
    await table.put(request)
    for (let at = 0; at < 3; at++) expect(await table.get(request)).toEqual(request)
    expect(reads()).toBe(3)
  })

  it("give nobody an item that somebody else could change", async () => {
    const { table } = counted()
    const given = { ...key, map: { a: 1 } }
    await table.put(given)
    given.map.a = 2
    const item = await table.get(key)
    expect(item).toEqual({ ...key, map: { a: 1 } })
    expect(() => Object.assign(item?.map as object, { a: 2 })).toThrow(TypeError)
  })
})

/** A table that counts its reads, and whose answers can be held back. */
function counted(): { table: Table; inner: Table; reads: () => number; hold: () => () => void } {
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
    inner,
    reads: () => reads,
    hold: () => {
      let release = (): void => {}
      gate = new Promise((resolve) => (release = resolve))
      return release
    },
  }
}
