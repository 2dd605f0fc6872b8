import type { Change, Item, Key } from "@omnichat/core/store/table"
import { describe, expect, it } from "vitest"
import type { Scene } from "./table-scene.ts"

/** get, put, update, delete, the batches, expiry, and what an item may be. */
export function describeWrites(scene: Scene): void {
  const key = (sk = "A"): Key => ({ pk: scene.fresh(), sk })
  const read = (at: Key) => scene.table().get(at, { consistent: true })

  describe("single items", () => {
    it("gives back any JSON as it was put", async () => {
      const item = {
        ...key("Ключ 🌍"),
        text: 'grüße 🌍 \u0000 " \\ \\ud800',
        empty: "",
        numbers: [0, -1, 1.5, 1e-7, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
        flags: [true, false, null],
        map: { inner: { list: [[], {}, { "a.b": 1 }] }, "with space": 1, "": 0, constructor: 2 },
      }
      await scene.table().put(item)
      expect(await read(item)).toEqual(item)
    })

    it("keeps an entry named __proto__ an entry", async () => {
      const item: Item = { ...key(), map: JSON.parse('{"__proto__":{"a":1}}') }
      await scene.table().put(item)
      expect(JSON.stringify((await read(item))?.map)).toBe('{"__proto__":{"a":1}}')
    })

    it("stores half a surrogate pair as U+FFFD, and no such key", async () => {
      const item = { ...key(), text: "a\ud83d", list: ["\ude00b", "😀"] }
      await scene.table().put(item)
      expect(await read(item)).toEqual({ ...item, text: "a\ufffd", list: ["\ufffdb", "😀"] })
      await expect(scene.table().put({ ...key("\ud83d") })).rejects.toThrow(TypeError)
      await expect(scene.table().put({ ...key(), map: { "\ud83d": 1 } })).rejects.toThrow(TypeError)
    })

    it("gives undefined for an absent item", async () => {
      expect(await read(key())).toBeUndefined()
    })

    it("replaces the whole item", async () => {
      const at = key()
      await scene.table().put({ ...at, a: 1, b: 2 })
      await scene.table().put({ ...at, b: 3 })
      expect(await read(at)).toEqual({ ...at, b: 3 })
    })

    it("deletes and gives the old item", async () => {
      const at = key()
      await scene.table().put({ ...at, a: 1 })
      expect(await scene.table().delete(at)).toEqual({ ...at, a: 1 })
      expect(await scene.table().delete(at)).toBeUndefined()
      expect(await read(at)).toBeUndefined()
    })

    it("never shares what it keeps with the caller", async () => {
      const item = { ...key(), list: [1] }
      const put = scene.table().put(item)
      item.list.push(2)
      await put
      expect((await read(item))?.list).toEqual([1])
      const change = { set: { list: [3] } }
      const conditions = [{ equals: ["sk", "A"] satisfies [string, string] }]
      const updated = scene.table().update(item, change, { if: conditions })
      change.set.list.push(4)
      conditions.splice(0, 1, { equals: ["sk", "B"] })
      expect((await updated).list).toEqual([3])
    })

    it("keeps tables apart by both keys", async () => {
      const { pk } = key()
      await Promise.all(["A", "B", "AB"].map((sk) => scene.table().put({ pk, sk, is: sk })))
      expect(await read({ pk, sk: "B" })).toEqual({ pk, sk: "B", is: "B" })
    })
  })

  describe("update", () => {
    it("makes an absent item", async () => {
      const at = key()
      expect(await scene.table().update(at, { set: { a: 1 }, add: { n: 2 } })).toEqual({ ...at, a: 1, n: 2 })
      expect(await read(at)).toEqual({ ...at, a: 1, n: 2 })
    })

    it("refuses to remove from what may be absent", async () => {
      const at = key()
      const remove = { remove: ["a"] }
      for (const conditions of [[], [{ absent: "b" }], [{ any: [{ exists: "pk" }, { absent: "b" }] }]]) {
        await expect(scene.table().update(at, remove, { if: conditions })).rejects.toThrow(TypeError)
        const update = { update: at, change: remove, if: conditions }
        await expect(scene.table().transact([update])).rejects.toThrow(TypeError)
      }
      await scene.table().put({ ...at, a: 1, b: 2 })
      expect(await scene.table().update(at, remove, { if: [{ exists: "b" }] })).toEqual({ ...at, b: 2 })
    })

    it("sets, sets if absent, adds and removes, and leaves the rest", async () => {
      const at = key()
      await scene.table().put({ ...at, keep: "k", old: 1, gone: true, n: 5, none: null })
      const change = {
        set: { old: { a: [1] } },
        setIfAbsent: { keep: "other", none: 1, fresh: "f" },
        add: { n: -7, m: 3 },
        remove: ["gone", "never"],
      }
      const expected = { ...at, keep: "k", old: { a: [1] }, n: -2, m: 3, none: null, fresh: "f" }
      expect(await scene.table().update(at, change)).toEqual(expected)
      expect(await read(at)).toEqual(expected)
    })

    it("reaches into maps", async () => {
      const at = key()
      await scene.table().put({ ...at, followers: { x: { after: 1 }, y: 2 } })
      await scene.table().update(at, { set: { "followers.z": { after: 3 } }, remove: ["followers.y"] })
      await scene
        .table()
        .update(at, { setIfAbsent: { "followers.x": 9 }, add: { "followers.x.after": 4 } })
        .then(
          () => expect.unreachable("two paths of a change overlap"),
          (error: unknown) => expect(error).toBeInstanceOf(TypeError),
        )
      expect(await scene.table().update(at, { add: { "followers.x.after": 4 } })).toEqual({
        ...at,
        followers: { x: { after: 5 }, z: { after: 3 } },
      })
    })

    it.each<[string, Change]>([
      ["sets", { set: { "map.x": 1 } }],
      ["sets if absent", { setIfAbsent: { "map.x": 1 } }],
      ["adds", { add: { "map.x": 1 } }],
      ["removes", { remove: ["map.x"] }],
    ])("throws TypeError when it %s below a map that is not there", async (_verb, change) => {
      for (const other of [{}, { map: "text" }, { map: null }, { map: [1] }]) {
        const item = { ...key(), ...other }
        await scene.table().put(item)
        const guard = { if: [{ exists: "pk" }] }
        await expect(scene.table().update(item, change, guard)).rejects.toThrow(TypeError)
        await expect(scene.table().transact([{ update: item, change, ...guard }])).rejects.toThrow(TypeError)
        expect(await read(item)).toEqual(item)
      }
      await expect(scene.table().update(key(), { setIfAbsent: { n: 1 }, ...change })).rejects.toThrow(TypeError)
    })

    it("throws TypeError when it adds to something else than a number", async () => {
      for (const n of ["1", null, [1], { a: 1 }, true]) {
        const item = { ...key(), n }
        await scene.table().put(item)
        await expect(scene.table().update(item, { add: { n: 1 } })).rejects.toThrow(TypeError)
      }
    })

    it("throws TypeError when it touches a key, names nothing, or touches a path twice", async () => {
      const at = key()
      await scene.table().put({ ...at, a: { b: 1 } })
      const changes = [
        {},
        { set: {}, remove: [] },
        { set: { pk: "other" } },
        { remove: ["sk"] },
        { set: { "": 1 } },
        { set: { "a.": 1 } },
        { set: { a: 1 }, remove: ["a"] },
        { set: { a: {} }, add: { "a.b": 1 } },
        { add: { a: 1.5 } },
        { set: { gsi1pk: 7 } },
        { add: { gsi1sk: 7 } },
      ]
      for (const change of changes) await expect(scene.table().update(at, change)).rejects.toThrow(TypeError)
      expect(await read(at)).toEqual({ ...at, a: { b: 1 } })
    })

    it("adds up what many add at once", async () => {
      const at = key()
      await Promise.all(Array.from({ length: 20 }, () => scene.table().update(at, { add: { n: 1 } })))
      expect((await read(at))?.n).toBe(20)
    })
  })

  describe("items", () => {
    it.each<[string, Record<string, unknown>]>([
      ["no sort key", { sk: "" }],
      ["a sort key over 1024 bytes", { sk: "ü".repeat(513) }],
      ["a key with NUL", { sk: "a\0" }],
      ["a key that is a number", { sk: 1 }],
      ["undefined", { a: undefined }],
      ["NaN", { a: Number.NaN }],
      ["an integer that is not safe", { a: 2 ** 53 }],
      ["a number too small", { a: 1e-200 }],
      ["a date", { a: new Date(0) }],
      ["a bigint", { a: 1n }],
      ["an attribute without a name", { "": 1 }],
      ["33 levels", { a: nested(33) }],
      ["an empty index key", { gsi1pk: "" }],
      ["an index key that is no string", { gsi1sk: 5 }],
    ])("refuses %s", async (_what, wrong) => {
      const item = { ...key(), ...wrong } as Item
      await expect(scene.table().put(item)).rejects.toThrow(TypeError)
    })

    it("takes 32 levels and a sort key of 1024 bytes", async () => {
      const item = { ...key("ü".repeat(512)), a: nested(32) }
      await scene.table().put(item)
      expect(await read(item)).toEqual(item)
    })

    it("takes 400 KB of UTF-8 and refuses a byte more", async () => {
      const at = key()
      const most = 400 * 1024 - (2 + at.pk.length) - (2 + at.sk.length) - 1
      const text = "ü".repeat(Math.floor(most / 2)) + "x".repeat(most % 2)
      await scene.table().put({ ...at, t: text })
      expect((await read(at))?.t).toBe(text)
      await expect(scene.table().put({ ...at, t: `${text}x` })).rejects.toThrow(RangeError)
      await expect(scene.table().update(at, { set: { u: "" } })).rejects.toThrow(RangeError)
      expect(await read(at)).toEqual({ ...at, t: text })
    })
  })

  describe("expiry", () => {
    it("leaves expired items out of reads, while writes still see them", async () => {
      const pk = scene.fresh()
      const seconds = Math.floor(scene.now / 1000)
      const past = { pk, sk: "A", expiresAt: seconds, n: 1 }
      const next = { pk, sk: "B", expiresAt: seconds + 1 }
      const text = { pk, sk: "C", expiresAt: "soon" }
      await scene.table().batchWrite([past, next, text].map((put) => ({ put })))
      expect(await read(past)).toBeUndefined()
      expect(await read(next)).toEqual(next)
      expect(await scene.table().batchGet([past, next], { consistent: true })).toEqual([next])
      expect(await scene.all({ pk, consistent: true })).toEqual([next, text])
      await expect(scene.table().put(past, { if: [{ absent: "pk" }] })).rejects.toMatchObject({ item: past })
      expect(await scene.table().update(past, { add: { n: 1 } })).toEqual({ ...past, n: 2 })
      expect(await scene.table().delete(past)).toEqual({ ...past, n: 2 })
    })
  })

  describe("batches", () => {
    it("read and write any number of items", async () => {
      const pk = scene.fresh()
      const items = Array.from({ length: 230 }, (_, at) => ({ pk, sk: `N#${at}`, at }))
      await scene.table().batchWrite(items.map((put) => ({ put })))
      const keys = items.map(({ sk }) => ({ pk, sk }))
      const found = await scene.table().batchGet([...keys, { pk, sk: "absent" }], { consistent: true })
      expect(found.toSorted(byNumber)).toEqual(items)
      await scene.table().batchWrite(keys.slice(1).map((each) => ({ delete: each })))
      expect(await scene.table().batchGet(keys, { consistent: true })).toEqual([items[0]])
    })

    it("take nothing, and the same key more than once", async () => {
      const at = key()
      await scene.table().batchWrite([])
      expect(await scene.table().batchGet([])).toEqual([])
      await scene.table().batchWrite([{ put: { ...at, n: 1 } }, { delete: at }, { put: { ...at, n: 2 } }])
      expect(await scene.table().batchGet([at, at], { consistent: true })).toEqual([{ ...at, n: 2 }])
    })

    it("write nothing when one of the items cannot be", async () => {
      const at = key()
      const wrong = [{ put: { ...at, n: 1 } }, { put: { ...key(), n: Number.NaN } }]
      await expect(scene.table().batchWrite(wrong)).rejects.toThrow(TypeError)
      expect(await read(at)).toBeUndefined()
    })

    it("carry more than one request of 16 MB", async () => {
      const pk = scene.fresh()
      const items = Array.from({ length: 50 }, (_, at) => ({ pk, sk: `N#${at}`, at, text: "x".repeat(390_000) }))
      await scene.table().batchWrite(items.map((put) => ({ put })))
      const found = await scene.table().batchGet(items, { consistent: true })
      expect(found.map(({ at }) => Number(at)).toSorted((a, b) => a - b)).toEqual(items.map(({ at }) => at))
    })
  })
}

const byNumber = (a: Item, b: Item): number => Number(a.at) - Number(b.at)

/** Maps in each other, so many levels with the attribute itself. */
function nested(levels: number): Item[string] {
  return levels === 1 ? 1 : { a: nested(levels - 1) }
}
