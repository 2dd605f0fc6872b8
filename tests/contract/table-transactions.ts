import { ConditionFailed, type Operation } from "@omnichat/core/store/table"
import { describe, expect, it } from "vitest"
import type { Scene } from "./table-scene.ts"

/** All or nothing, and why nothing. */
export function describeTransactions(scene: Scene): void {
  const items = (pk: string) => scene.all({ pk, consistent: true })

  describe("transact", () => {
    it("does every kind of operation", async () => {
      const pk = scene.fresh()
      await scene.table().batchWrite(["B", "C", "D"].map((sk) => ({ put: { pk, sk, n: 1 } })))
      await scene
        .table()
        .transact([
          { put: { pk, sk: "A", n: 0 }, if: [{ absent: "pk" }] },
          { update: { pk, sk: "B" }, change: { add: { n: 1 } }, if: [{ equals: ["n", 1] }] },
          { delete: { pk, sk: "C" }, if: [{ exists: "pk" }] },
          { check: { pk, sk: "D" }, if: [{ below: ["n", 2] }] },
          { update: { pk, sk: "E" }, change: { set: { n: 5 } } },
          { delete: { pk, sk: "G" } },
        ])
      expect(await items(pk)).toEqual([
        { pk, sk: "A", n: 0 },
        { pk, sk: "B", n: 2 },
        { pk, sk: "D", n: 1 },
        { pk, sk: "E", n: 5 },
      ])
    })

    it("tells for each operation whether its own condition failed, and writes nothing", async () => {
      const pk = scene.fresh()
      await scene.table().put({ pk, sk: "B", n: 1 })
      const operations: Operation[] = [
        { put: { pk, sk: "A" } },
        { update: { pk, sk: "B" }, change: { add: { n: 1 } }, if: [{ equals: ["n", 2] }] },
        { check: { pk, sk: "C" }, if: [{ exists: "pk" }] },
        { delete: { pk, sk: "D" }, if: [{ absent: "pk" }] },
      ]
      const error: unknown = await scene
        .table()
        .transact(operations)
        .catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(ConditionFailed)
      expect(error instanceof ConditionFailed && error.reasons).toEqual([
        { failed: false },
        { failed: true, item: { pk, sk: "B", n: 1 } },
        { failed: true },
        { failed: false },
      ])
      expect(await items(pk)).toEqual([{ pk, sk: "B", n: 1 }])
    })

    it("writes nothing when a change cannot be made", async () => {
      const pk = scene.fresh()
      const write = scene
        .table()
        .transact([{ put: { pk, sk: "A" } }, { update: { pk, sk: "B" }, change: { set: { "map.x": 1 } } }])
      await expect(write).rejects.toThrow(TypeError)
      expect(await items(pk)).toEqual([])
    })

    it("takes 100 operations and refuses 101, and takes none", async () => {
      const pk = scene.fresh()
      const puts = Array.from({ length: 101 }, (_, at) => ({ put: { pk, sk: `N#${at}` } }))
      await expect(scene.table().transact(puts)).rejects.toThrow(RangeError)
      expect(await items(pk)).toEqual([])
      await scene.table().transact(puts.slice(0, 100))
      expect(
        await scene.table().batchGet(
          puts.map(({ put }) => put),
          { consistent: true },
        ),
      ).toHaveLength(100)
      await scene.table().transact([])
    })

    it("refuses an item that is touched twice", async () => {
      const at = { pk: scene.fresh(), sk: "A" }
      const write = scene.table().transact([{ put: { ...at, n: 1 } }, { check: at, if: [{ absent: "pk" }] }])
      await expect(write).rejects.toThrow(TypeError)
      expect(await items(at.pk)).toEqual([])
    })

    it("refuses over 4 MB", async () => {
      const pk = scene.fresh()
      const puts = Array.from({ length: 11 }, (_, at) => ({ put: { pk, sk: `N#${at}`, text: "x".repeat(390_000) } }))
      await expect(scene.table().transact(puts)).rejects.toThrow(RangeError)
      expect(await items(pk)).toEqual([])
      await scene.table().transact(puts.slice(0, 10))
    })

    it("can be repeated: the conditions are looked at again", async () => {
      const pk = scene.fresh()
      const operations: Operation[] = [{ put: { pk, sk: "A" }, if: [{ absent: "pk" }] }]
      await scene.table().transact(operations)
      await expect(scene.table().transact(operations)).rejects.toBeInstanceOf(ConditionFailed)
    })

    it("moves between accounts without losing anything, many at once", async () => {
      const pk = scene.fresh()
      await scene.table().batchWrite(["A", "B"].map((sk) => ({ put: { pk, sk, n: 10 } })))
      const move = (from: string, to: string) =>
        scene.table().transact([
          { update: { pk, sk: from }, change: { add: { n: -1 } }, if: [{ oneOf: ["n", range(1, 20)] }] },
          { update: { pk, sk: to }, change: { add: { n: 1 } } },
        ])
      await Promise.all(range(0, 11).map((at) => (at % 2 === 0 ? move("A", "B") : move("B", "A"))))
      expect(await items(pk)).toEqual([
        { pk, sk: "A", n: 10 },
        { pk, sk: "B", n: 10 },
      ])
    })
  })
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, at) => from + at)
