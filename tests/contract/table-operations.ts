import type { Json } from "@omnichat/core/protocol/part"
import type { Change, Condition, Item, Key, Operation, Query, Table, Test } from "@omnichat/core/store/table"
import fc from "fast-check"

/** Random calls of the Table port, made to meet each other: few keys, few attributes, few values. */

export type Call = { name: string; run(table: Table): Promise<unknown> }

export const now = 1_800_000_000_000
export const partition = "P"
export const indexPartition = "P#index"

const sortKeys = ["A", "A#1", "A#2", "B", "b", "é", "\uffee", "😀"]
export const everyKey: Key[] = sortKeys.map((sk) => ({ pk: partition, sk }))
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
const someConditions = fc.array(condition, { minLength: 1, maxLength: 2 })
const conditions = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Condition[]>([]) },
  { weight: 3, arbitrary: someConditions },
)

const key = fc.constantFrom(...everyKey)
const indexed = fc.record(
  { gsi1pk: fc.constant(indexPartition), gsi1sk: fc.constantFrom(...indexKeys) },
  { requiredKeys: [] },
)
const expiry = fc.record(
  { expiresAt: fc.constantFrom(now / 1000 - 5, now / 1000, now / 1000 + 5) },
  { requiredKeys: [] },
)
const attributes = fc.record({ a: json, b: json, m: json, n: fc.integer({ min: -5, max: 5 }) }, { requiredKeys: [] })
const item: fc.Arbitrary<Item> = fc
  .tuple(key, attributes, indexed, expiry)
  .map(([at, ...some]) => Object.assign({}, at, ...some) as Item)

/** Most changes touch different paths; those that do not are refused by all, and that is compared too. */
const change: fc.Arbitrary<Change> = fc
  .record({
    set: fc.dictionary(path, json, { maxKeys: 2 }),
    setIfAbsent: fc.dictionary(path, json, { maxKeys: 1 }),
    add: fc.dictionary(fc.constantFrom("n", "a", "m.x"), fc.integer({ min: -3, max: 3 }), { maxKeys: 1 }),
    remove: fc.array(path, { maxLength: 1 }),
    index: indexed,
  })
  .map(({ set, index, ...rest }) => ({ ...rest, set: { ...set, ...index } }))

const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ put: item, if: conditions }),
  fc.record({ update: key, change: change, if: conditions }),
  fc.record({ delete: key, if: conditions }),
  fc.record({ check: key, if: someConditions }),
)

const query: fc.Arbitrary<Query> = fc
  .record(
    {
      prefix: fc.constantFrom("", "A", "A#", "é", "x"),
      between: fc.tuple(fc.constantFrom("", "A", "A#2", "b"), fc.constantFrom("A#2", "b", "é", "😀")),
      order: fc.constantFrom("asc", "desc"),
      limit: fc.integer({ min: 1, max: 5 }),
    },
    { requiredKeys: [] },
  )
  .map((some) => ({ pk: partition, consistent: true, ...some }))

export const anyCall: fc.Arbitrary<Call> = fc.oneof(
  { weight: 2, arbitrary: key.map((at) => call("get", at, (t) => t.get(at, { consistent: true }))) },
  {
    weight: 5,
    arbitrary: fc
      .tuple(item, conditions)
      .map(([put, list]) => call("put", { put, list }, (t) => t.put(put, { if: list }))),
  },
  {
    weight: 5,
    arbitrary: fc
      .tuple(key, change, conditions)
      .map(([at, to, list]) => call("update", { at, to, list }, (t) => t.update(at, to, { if: list }))),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(key, conditions)
      .map(([at, list]) => call("delete", { at, list }, (t) => t.delete(at, { if: list }))),
  },
  { weight: 2, arbitrary: query.map((some) => call("query", some, (t) => drain(t, some))) },
  {
    weight: 1,
    arbitrary: fc
      .array(key, { maxLength: 6 })
      .map((keys) => call("batchGet", keys, async (t) => sorted(await t.batchGet(keys, { consistent: true })))),
  },
  {
    weight: 1,
    arbitrary: fc
      .array(
        fc.oneof(
          item.map((put) => ({ put })),
          key.map((at) => ({ delete: at })),
        ),
        { maxLength: 5 },
      )
      .map((writes) => call("batchWrite", writes, (t) => t.batchWrite(writes))),
  },
  {
    weight: 4,
    arbitrary: fc
      .array(operation, { minLength: 1, maxLength: 4 })
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
