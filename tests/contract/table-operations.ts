import type { Json } from "@omnichat/core/protocol/part"
import type { Change, Condition, Item, Key, Operation, Query, Table, Test } from "@omnichat/core/store/table"
import fc from "fast-check"

/** Random calls of the Table port, made to meet each other: few keys, few attributes, few values. */

export type Call = { name: string; run(table: Table): Promise<unknown> }

export const now = 1_800_000_000_000

const sortKeys = ["A", "A#1", "A#2", "B", "b", "é", "\uffee", "😀"]
const indexKeys = ["1", "2", "2#", "é", "😀"]

const scalar = fc.constantFrom<Json>("x", "", "é", "😀", 0, 1, -1, 2.5, true, false)
const json = fc.oneof(
  { weight: 4, arbitrary: scalar },
  { weight: 1, arbitrary: fc.constantFrom<Json>(null, [], [1, "x"], {}) },
  { weight: 3, arbitrary: fc.dictionary(fc.constantFrom("x", "y", "a b"), scalar, { maxKeys: 2 }) },
)
const path = fc.constantFrom("a", "b", "m", "n", "m.x", "m.y", "m.x.y", "b.x")
const testedPath = fc.oneof(path, fc.constantFrom("pk", "sk", "gsi1sk", "none"))
const comparable = fc.constantFrom("x", "y", "é", "😀", 0, 1, 2, 3)
const tested = fc.constantFrom("x", "", 0, 1, -1, 2.5, true, false)

const test = fc.oneof<fc.Arbitrary<Test>[]>(
  testedPath.map((absent) => ({ absent })),
  testedPath.map((exists) => ({ exists })),
  fc.tuple(testedPath, tested).map((equals) => ({ equals })),
  fc.tuple(testedPath, comparable).map((below) => ({ below })),
  fc.tuple(testedPath, fc.array(tested, { maxLength: 3 })).map((oneOf) => ({ oneOf })),
)
const condition = fc.oneof<fc.Arbitrary<Condition>[]>(
  test,
  fc.array(test, { maxLength: 3 }).map((any) => ({ any })),
)
const conditions = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Condition[]>([]) },
  { weight: 3, arbitrary: fc.array(condition, { minLength: 1, maxLength: 2 }) },
)

const indexed = (pk: string) =>
  fc.record({ gsi1pk: fc.constant(`${pk}#index`), gsi1sk: fc.constantFrom(...indexKeys) }, { requiredKeys: [] })
const keyIn = (pk: string) => fc.constantFrom(...sortKeys).map((sk): Key => ({ pk, sk }))
const itemIn = (pk: string): fc.Arbitrary<Item> =>
  fc
    .tuple(
      keyIn(pk),
      fc.record({ a: json, b: json, m: json, n: fc.integer({ min: -5, max: 5 }) }, { requiredKeys: [] }),
      indexed(pk),
      fc.record({ expiresAt: fc.constantFrom(now / 1000 - 5, now / 1000, now / 1000 + 5) }, { requiredKeys: [] }),
    )
    .map(([key, attributes, index, expiry]) => ({ ...key, ...attributes, ...index, ...expiry }))

/** Most changes touch different paths; those that do not are refused by all, and that is compared too. */
const changeIn = (pk: string): fc.Arbitrary<Change> =>
  fc
    .record({
      set: fc.dictionary(path, json, { maxKeys: 2 }),
      setIfAbsent: fc.dictionary(path, json, { maxKeys: 1 }),
      add: fc.dictionary(fc.constantFrom("n", "a", "m.x"), fc.integer({ min: -3, max: 3 }), { maxKeys: 1 }),
      remove: fc.array(path, { maxLength: 1 }),
      index: indexed(pk),
    })
    .map(({ set, index, ...rest }) => ({ ...rest, set: { ...set, ...index } }))

const operationIn = (pk: string): fc.Arbitrary<Operation> =>
  fc.oneof(
    fc.record({ put: itemIn(pk), if: conditions }),
    fc.record({ update: keyIn(pk), change: changeIn(pk), if: conditions }),
    fc.record({ delete: keyIn(pk), if: conditions }),
    fc.record({ check: keyIn(pk), if: fc.array(condition, { minLength: 1, maxLength: 2 }) }),
  )

const queryIn = (pk: string): fc.Arbitrary<Query> =>
  fc
    .record(
      {
        prefix: fc.constantFrom("", "A", "A#", "é", "x"),
        between: fc.tuple(fc.constantFrom("", "A", "A#2", "b"), fc.constantFrom("A#2", "b", "é", "😀")),
        order: fc.constantFrom("asc", "desc"),
        limit: fc.integer({ min: 1, max: 5 }),
      },
      { requiredKeys: [] },
    )
    .map((query) => ({ pk, consistent: true, ...query }))

export const callIn = (pk: string): fc.Arbitrary<Call> =>
  fc.oneof(
    { weight: 2, arbitrary: keyIn(pk).map((key) => call("get", key, (t) => t.get(key, { consistent: true }))) },
    {
      weight: 5,
      arbitrary: fc
        .tuple(itemIn(pk), conditions)
        .map(([item, list]) => call("put", { item, list }, (t) => t.put(item, { if: list }))),
    },
    {
      weight: 5,
      arbitrary: fc
        .tuple(keyIn(pk), changeIn(pk), conditions)
        .map(([key, change, list]) =>
          call("update", { key, change, list }, (t) => t.update(key, change, { if: list })),
        ),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(keyIn(pk), conditions)
        .map(([key, list]) => call("delete", { key, list }, (t) => t.delete(key, { if: list }))),
    },
    { weight: 2, arbitrary: queryIn(pk).map((query) => call("query", query, (t) => drain(t, query))) },
    {
      weight: 1,
      arbitrary: fc
        .array(keyIn(pk), { maxLength: 6 })
        .map((keys) => call("batchGet", keys, async (t) => sorted(await t.batchGet(keys, { consistent: true })))),
    },
    {
      weight: 1,
      arbitrary: fc
        .array(
          fc.oneof(
            itemIn(pk).map((put) => ({ put })),
            keyIn(pk).map((key) => ({ delete: key })),
          ),
          { maxLength: 5 },
        )
        .map((writes) => call("batchWrite", writes, (t) => t.batchWrite(writes))),
    },
    {
      weight: 4,
      arbitrary: fc
        .array(operationIn(pk), { minLength: 1, maxLength: 4 })
        .map((operations) => call("transact", operations, (t) => t.transact(operations))),
    },
  )

/** All that a query finds, page by page: where pages end is each adapter's own affair. */
export async function drain(table: Table, query: Query): Promise<Item[]> {
  const items: Item[] = []
  let cursor: string | undefined
  do {
    const page = await table.query({ ...query, ...(cursor !== undefined && { cursor }) })
    items.push(...page.items)
    cursor = page.cursor
  } while (cursor !== undefined)
  return items
}

const sorted = (items: Item[]): Item[] => items.toSorted((a, b) => sortKeys.indexOf(a.sk) - sortKeys.indexOf(b.sk))

const call = (name: string, input: unknown, run: Call["run"]): Call => ({
  name: `${name} ${JSON.stringify(input)}`,
  run,
})
