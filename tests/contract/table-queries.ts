import { InvalidCursor, type Query } from "@omnichat/core/store/table"
import { describe, expect, it, vi } from "vitest"
import type { Scene } from "./table-scene.ts"

/** Sort keys in the order of their UTF-8 bytes, which is not that of JavaScript. */
const ordered = [
  "A",
  "A#",
  "A#1",
  "A#10",
  "A#2",
  "B",
  "a",
  "z",
  "zü",
  "é",
  "\ud7ff",
  "\ue000",
  "\uffee",
  "😀",
  "😀b",
  "🙂",
]

/** Ranges, order, pages and the index. */
export function describeQueries(scene: Scene): void {
  const keysOf = async (query: Query) => (await scene.all({ consistent: true, ...query })).map(({ sk }) => sk)
  const fill = async (sortKeys: string[]): Promise<string> => {
    const pk = scene.fresh()
    await scene.table().batchWrite(sortKeys.toReversed().map((sk) => ({ put: { pk, sk } })))
    return pk
  }

  describe("query", () => {
    it("orders by bytes of UTF-8, both ways, whatever the size of a page", async () => {
      const pk = await fill(ordered)
      for (const limit of [undefined, 1, 3, 100]) {
        const size = limit === undefined ? {} : { limit }
        expect(await keysOf({ pk, ...size })).toEqual(ordered)
        expect(await keysOf({ pk, ...size, order: "desc" })).toEqual(ordered.toReversed())
      }
    })

    it.each(["A#", "A#1", "z", "é", "\ud7ff", "😀", "nothing", ""])("finds the prefix %j", async (prefix) => {
      const pk = await fill(ordered)
      const expected = ordered.filter((sk) => sk.startsWith(prefix))
      expect(await keysOf({ pk, prefix, limit: 2 })).toEqual(expected)
      expect(await keysOf({ pk, prefix, limit: 2, order: "desc" })).toEqual(expected.toReversed())
    })

    it.skipIf(scene.defects.has("prefix-case"))("tells capitals from small letters in a prefix", async () => {
      const pk = await fill(["A", "A1", "a", "a1"])
      expect(await keysOf({ pk, prefix: "A" })).toEqual(["A", "A1"])
      expect(await keysOf({ pk, prefix: "a", order: "desc" })).toEqual(["a1", "a"])
    })

    it("finds what begins with the last characters there are", async () => {
      const keys = ["\u{10fffe}z", "\u{10ffff}", "\u{10ffff}a"]
      const pk = await fill(["a", ...keys])
      expect(await keysOf({ pk, prefix: "\u{10ffff}" })).toEqual(keys.slice(1))
      expect(await keysOf({ pk, prefix: "\u{10fffe}" })).toEqual(keys.slice(0, 1))
    })

    it.each<[[string, string], string[]]>([
      [
        ["A#1", "B"],
        ["A#1", "A#10", "A#2", "B"],
      ],
      [["A#11", "A#~"], ["A#2"]],
      [["", "A"], ["A"]],
      [
        ["é", "\uffee"],
        ["é", "\ud7ff", "\ue000", "\uffee"],
      ],
      [
        ["\uffef", "🙂"],
        ["😀", "😀b", "🙂"],
      ],
      [["B", "A"], []],
      [["A", ""], []],
    ])("finds what lies between %j", async (between, expected) => {
      const pk = await fill(ordered)
      expect(await keysOf({ pk, between, limit: 2 })).toEqual(expected)
      expect(await keysOf({ pk, between, limit: 2, order: "desc" })).toEqual(expected.toReversed())
    })

    it("goes on after an item that was deleted meanwhile", async () => {
      const pk = await fill(["A", "B", "C", "D"])
      const { cursor = "" } = await scene.table().query({ pk, limit: 2, consistent: true })
      await scene.table().delete({ pk, sk: "B" })
      expect(await keysOf({ pk, cursor })).toContain("D")
    })

    it("never gives another partition", async () => {
      const pk = await fill(["A", "B"])
      await fill(["A", "B", "C"])
      expect(await keysOf({ pk })).toEqual(["A", "B"])
      expect(await keysOf({ pk: scene.fresh() })).toEqual([])
    })

    it("walks through more than a page of 1 MB", async () => {
      const pk = scene.fresh()
      const items = Array.from({ length: 8 }, (_, at) => ({ pk, sk: `N#${at}`, text: "x".repeat(300_000) }))
      await scene.table().batchWrite(items.map((put) => ({ put })))
      expect(await keysOf({ pk })).toEqual(items.map(({ sk }) => sk))
    })

    it("refuses what is no query", async () => {
      const pk = scene.fresh()
      const wrong: Query[] = [
        { pk: "" },
        { pk, limit: 0 },
        { pk, limit: 1.5 },
        { pk, prefix: "a", between: ["a", "b"] },
        { pk, index: "" },
        { pk, index: "I", consistent: true },
        { pk, prefix: "\ud83d" },
      ]
      for (const query of wrong) await expect(scene.table().query(query)).rejects.toThrow(TypeError)
    })
  })

  describe("cursors", () => {
    it("that are broken, or of another query, throw InvalidCursor", async () => {
      const pk = await fill(["A#1", "A#2", "B#1", "B#2"])
      const { cursor = "" } = await scene.table().query({ pk, prefix: "A", limit: 1, consistent: true })
      const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url")
      const wrong: Query[] = [
        ...[
          "",
          "?",
          "AAAA",
          "😀",
          `${cursor}x`,
          encode(null),
          encode([]),
          encode([""]),
          encode([1]),
          encode({ sk: "A" }),
        ].map((broken) => ({ pk, cursor: broken })),
        { pk, cursor: encode(["A", "B"]) },
        { pk, cursor: encode(["A\0"]) },
        { pk, cursor: encode(["x".repeat(1025)]) },
        { pk, prefix: "B", cursor },
        { pk, between: ["B", "C"], cursor },
        { pk, index: "I", cursor },
      ]
      for (const query of wrong) {
        const error: unknown = await scene
          .table()
          .query(query)
          .catch((thrown: unknown) => thrown)
        expect([query, error instanceof InvalidCursor]).toEqual([query, true])
      }
    })

    it("of another partition give this one's items", async () => {
      const [mine, other] = [await fill(["A", "C"]), await fill(["B", "D"])]
      const { cursor = "" } = await scene.table().query({ pk: other, limit: 1, consistent: true })
      expect((await scene.all({ pk: mine, cursor, consistent: true })).map(({ pk, sk }) => [pk, sk])).toEqual([
        [mine, "C"],
      ])
    })
  })

  describe("the index", () => {
    const entries = [
      ["C1", "2026-01-03"],
      ["C2", "2026-01-01"],
      ["C3", "2026-01-02"],
      ["C4", "2026-02-01"],
      ["C5", "2026-02-01"],
    ] as const
    const fillIndex = async () => {
      const pk = scene.fresh()
      const index = `${pk}#chats`
      const puts = entries.map(([sk, gsi1sk]) => ({ put: { pk, sk, gsi1pk: index, gsi1sk, title: sk } }))
      await scene
        .table()
        .batchWrite([
          ...puts,
          { put: { pk, sk: "no index" } },
          { put: { pk, sk: "half", gsi1pk: index } },
          { put: { pk, sk: "other half", gsi1sk: "2026" } },
          { put: { pk, sk: "elsewhere", gsi1pk: `${pk}#archived`, gsi1sk: "2026-01-01" } },
        ])
      return { pk, index }
    }
    const find = async (query: Query) => (await scene.all(query)).map(({ gsi1sk }) => gsi1sk)
    /** Index reads are eventual. */
    const eventually = (query: Query, expected: string[]) =>
      vi.waitFor(async () => expect(await find(query)).toEqual(expected), { timeout: 10_000, interval: 10 })
    const dates = entries.map(([, date]) => date).toSorted()

    it("orders by its own sort key, both ways, in pages", async () => {
      const { pk, index } = await fillIndex()
      await eventually({ pk, index }, dates)
      await eventually({ pk, index, limit: 1 }, dates)
      await eventually({ pk, index, limit: 2, order: "desc" }, dates.toReversed())
    })

    it("has prefix and between on its own sort key, and whole items", async () => {
      const { pk, index } = await fillIndex()
      await eventually({ pk, index, prefix: "2026-01", limit: 2 }, dates.slice(0, 3))
      await eventually({ pk, index, between: ["2026-01-02", "2026-01-31"] }, dates.slice(1, 3))
      expect((await scene.all({ pk, index, prefix: "2026-01-03" }))[0]).toEqual({
        ...{ pk, sk: "C1", gsi1pk: index, gsi1sk: "2026-01-03", title: "C1" },
      })
    })

    it("follows changes and deletions", async () => {
      const { pk, index } = await fillIndex()
      await scene.table().update({ pk, sk: "C1" }, { set: { gsi1sk: "2027" } })
      await scene.table().update({ pk, sk: "C2" }, { remove: ["gsi1pk", "gsi1sk"] }, { if: [{ exists: "pk" }] })
      await scene.table().delete({ pk, sk: "C3" })
      await eventually({ pk, index }, ["2026-02-01", "2026-02-01", "2027"])
    })

    it("never gives an item of another partition", async () => {
      const { pk, index } = await fillIndex()
      await eventually({ pk, index }, dates)
      expect(await scene.all({ pk: scene.fresh(), index })).toEqual([])
    })

    it("leaves out the expired", async () => {
      const pk = scene.fresh()
      const seconds = Math.floor(scene.now / 1000)
      const put = (sk: string, expiresAt: number) => ({ put: { pk, sk, gsi1pk: pk, gsi1sk: sk, expiresAt } })
      await scene.table().batchWrite([put("past", seconds - 1), put("to come", seconds + 60)])
      await eventually({ pk, index: pk }, ["to come"])
    })

    it("refuses cursors that are not its own", async () => {
      const pk = await fill(["A", "B"])
      const { cursor = "" } = await scene.table().query({ pk, limit: 1, consistent: true })
      await expect(scene.table().query({ pk, index: "I", cursor })).rejects.toBeInstanceOf(InvalidCursor)
    })
  })
}
