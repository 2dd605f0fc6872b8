import { type Condition, ConditionFailed, type Item, type Test } from "@omnichat/core/store/table"
import { describe, expect, it } from "vitest"
import type { Scene } from "./table-scene.ts"

const item = {
  text: "m",
  wide: "\uffee",
  astral: "😀",
  number: 5,
  zero: 0,
  yes: true,
  no: false,
  none: null,
  list: [1, 2],
  map: { inner: { n: 1 }, constructor: "own" },
}

const holding: Test[] = [
  { exists: "pk" },
  { exists: "none" },
  { exists: "no" },
  { exists: "map.inner" },
  { exists: "map.inner.n" },
  { exists: "map.constructor" },
  { absent: "other" },
  { absent: "map.other" },
  { absent: "other.inner" },
  { absent: "text.inner" },
  { absent: "list.0" },
  { absent: "map.toString" },
  { absent: "map.inner.constructor" },
  { equals: ["text", "m"] },
  { equals: ["number", 5] },
  { equals: ["zero", 0] },
  { equals: ["yes", true] },
  { equals: ["no", false] },
  { equals: ["map.inner.n", 1] },
  { below: ["number", 6] },
  { below: ["number", 5.5] },
  { below: ["zero", 0.1] },
  { below: ["text", "n"] },
  { below: ["text", "ma"] },
  { below: ["wide", "😀"] },
  { oneOf: ["text", ["a", "m"]] },
  { oneOf: ["number", ["5", 5]] },
  { oneOf: ["map.inner.n", Array.from({ length: 250 }, (_, at) => at)] },
]

const failing: Test[] = [
  { exists: "other" },
  { exists: "map.other" },
  { exists: "text.length" },
  { exists: "list.length" },
  { exists: "list.0" },
  { exists: "map.inner.constructor" },
  { absent: "pk" },
  { absent: "sk" },
  { absent: "none" },
  { absent: "map.inner.n" },
  { equals: ["text", "M"] },
  { equals: ["text", ""] },
  { equals: ["number", "5"] },
  { equals: ["zero", false] },
  { equals: ["none", false] },
  { equals: ["other", "m"] },
  { equals: ["list", 1] },
  { below: ["number", 5] },
  { below: ["number", 4] },
  { below: ["number", "9"] },
  { below: ["text", "m"] },
  { below: ["text", 9] },
  { below: ["other", 9] },
  { below: ["none", 9] },
  { below: ["no", 9] },
  { below: ["astral", "\uffee"] },
  { oneOf: ["text", ["a", "b"]] },
  { oneOf: ["text", []] },
  { oneOf: ["other", ["a"]] },
  { oneOf: ["no", [0, ""]] },
]

/** Every condition, on every kind of write. */
export function describeConditions(scene: Scene): void {
  const put = async (): Promise<Item> => {
    const full = { pk: scene.fresh(), sk: "A", ...item }
    await scene.table().put(full)
    return full
  }
  const outcome = async (conditions: Condition[], on: Item): Promise<boolean> => {
    const write = scene.table().update(on, { set: { probe: 1 } }, { if: conditions })
    return write.then(
      () => true,
      (error: unknown) => {
        if (error instanceof ConditionFailed) return false
        throw error
      },
    )
  }

  describe("conditions", () => {
    it("each hold where they should", async () => {
      const on = await put()
      for (const test of holding) expect([test, await outcome([test], on)]).toEqual([test, true])
    })

    it("each fail where they should", async () => {
      const on = await put()
      for (const test of failing) expect([test, await outcome([test], on)]).toEqual([test, false])
    })

    it("about an absent item hold only for `absent`", async () => {
      const absent = () => ({ pk: scene.fresh(), sk: "A" })
      for (const test of [...holding, ...failing]) {
        expect([test, await outcome([test], absent())]).toEqual([test, "absent" in test])
      }
    })

    it("must all hold, and of `any` one", async () => {
      const on = await put()
      const yes: Test = { exists: "pk" }
      const no: Test = { absent: "pk" }
      const cases: [Condition[], boolean][] = [
        [[], true],
        [[yes, yes], true],
        [[yes, no], false],
        [[{ any: [no, yes] }], true],
        [[{ any: [no, no] }], false],
        [[{ any: [] }], false],
        [[{ any: [yes] }, { any: [no, yes] }, yes], true],
        [[{ any: [yes] }, { any: [no] }], false],
        [[{ any: [no, { oneOf: ["text", []] }, { equals: ["text", "m"] }] }], true],
      ]
      for (const [conditions, expected] of cases) {
        expect([conditions, await outcome(conditions, on)]).toEqual([conditions, expected])
      }
    })

    it("guard put, update and delete, and give the item as it was", async () => {
      const on = await put()
      const guard = { if: [{ equals: ["number", 6] satisfies [string, number] }] }
      const writes = [
        () => scene.table().put({ pk: on.pk, sk: on.sk }, guard),
        () => scene.table().update(on, { remove: ["text"] }, guard),
        () => scene.table().delete(on, guard),
      ]
      for (const write of writes) {
        const error: unknown = await write().catch((thrown: unknown) => thrown)
        expect(error).toBeInstanceOf(ConditionFailed)
        expect(error).toMatchObject({ item: on, reasons: [{ failed: true, item: on }] })
      }
      expect(await scene.table().get(on, { consistent: true })).toEqual(on)
    })

    it("give no item when there was none", async () => {
      const error: unknown = await scene
        .table()
        .put({ pk: scene.fresh(), sk: "A" }, { if: [{ exists: "pk" }] })
        .catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(ConditionFailed)
      expect(error).toMatchObject({ item: undefined, reasons: [{ failed: true }] })
    })

    it("come before the change: a failed one wins over a map that is not there", async () => {
      const on = await put()
      const write = scene.table().update(on, { set: { "other.inner": 1 } }, { if: [{ absent: "pk" }] })
      await expect(write).rejects.toBeInstanceOf(ConditionFailed)
    })

    it("are refused when a path names nothing", async () => {
      const on = await put()
      for (const path of ["", ".", "a..b"]) {
        await expect(scene.table().delete(on, { if: [{ absent: path }] })).rejects.toThrow(TypeError)
      }
    })

    it("let exactly one of many writers win", async () => {
      const at = { pk: scene.fresh(), sk: "A" }
      const writers = Array.from({ length: 20 }, (_, by) =>
        scene
          .table()
          .put({ ...at, by }, { if: [{ absent: "pk" }] })
          .then(
            () => ({ by, won: true, item: undefined }),
            (error: unknown) => ({ by, won: false, item: error instanceof ConditionFailed ? error.item : error }),
          ),
      )
      const results = await Promise.all(writers)
      const winners = results.filter(({ won }) => won)
      expect(winners).toHaveLength(1)
      for (const { won, item: seen } of results) if (!won) expect(seen).toEqual({ ...at, by: winners[0]?.by })
    })

    it("let exactly one of many updaters take a lease", async () => {
      const at = { pk: scene.fresh(), sk: "A" }
      await scene.table().put({ ...at, status: "queued", turn: 0 })
      const takes = Array.from({ length: 20 }, (_, owner) =>
        scene.table().update(
          at,
          { set: { status: "running", owner }, add: { turn: 1 } },
          {
            if: [{ equals: ["status", "queued"] }, { equals: ["turn", 0] }],
          },
        ),
      )
      const results = await Promise.allSettled(takes)
      const taken = results.filter(({ status }) => status === "fulfilled")
      expect(taken).toHaveLength(1)
      expect(await scene.table().get(at, { consistent: true })).toMatchObject({ turn: 1, status: "running" })
    })
  })
}
