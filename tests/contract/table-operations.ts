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
  { weight: 2, arbitrary: fc.constantFrom<Json>({ x: 1 }, { y: { x: "é" } }) },
)
const map = fc.dictionary(fc.constantFrom("x", "y", "a b"), scalar, { maxKeys: 3 })
const path = fc.constantFrom("a", "b", "c", "d", "m", "n", "m.x", "m.y", "m.z", "m.x.y", "b.x")
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
const attributes = fc.record({ a: json, b: json, m: map, n: fc.integer({ min: -5, max: 5 }) }, { requiredKeys: [] })
const item: fc.Arbitrary<Item> = fc
  .tuple(key, attributes, indexed, expiry)
  .map(([at, ...some]) => Object.assign({}, at, ...some) as Item)

const edit = fc.oneof<fc.Arbitrary<Change>[]>(
  fc.tuple(path, json).map(([at, value]) => ({ set: { [at]: value } })),
  fc.tuple(path, json).map(([at, value]) => ({ setIfAbsent: { [at]: value } })),
  fc.tuple(fc.constantFrom("n", "n", "c", "a", "m.x"), fc.integer({ min: -3, max: 3 })).map(([at, number]) => ({
    add: { [at]: number },
  })),
  path.map((at) => ({ remove: [at] })),
)
/** Most are well formed; those that are not, because they touch a path twice, say, are refused by all alike. */
const change: fc.Arbitrary<Change> = fc
  .tuple(fc.array(edit, { minLength: 1, maxLength: 3 }), indexed)
  .map(([edits, index]) => ({
    set: Object.assign({}, ...edits.map(({ set }) => set), index),
    setIfAbsent: Object.assign({}, ...edits.map(({ setIfAbsent }) => setIfAbsent)),
    add: Object.assign({}, ...edits.map(({ add }) => add)),
    remove: edits.flatMap(({ remove = [] }) => remove),
  }))

const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ put: item, if: conditions }),
  fc.record({ update: key, change: change, if: conditions }),
  fc.record({ delete: key, if: conditions }),
  fc.record({ check: key, if: someConditions }),
)

const range = fc.oneof<fc.Arbitrary<Pick<Query, "prefix" | "between">>[]>(
  fc.constant({}),
  fc.constantFrom("", "A", "A#", "é", "x").map((prefix) => ({ prefix })),
  fc
    .tuple(fc.constantFrom("", "A", "A#2", "b"), fc.constantFrom("A#2", "b", "é", "😀"))
    .map((between) => ({ between })),
)
const pages = fc.record(
  { order: fc.constantFrom("asc", "desc"), limit: fc.integer({ min: 1, max: 5 }) },
  { requiredKeys: [] },
)
const query: fc.Arbitrary<Query> = fc
  .tuple(range, pages)
  .map(([some, page]) => ({ pk: partition, consistent: true, ...some, ...page }))

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
