import { type Place, cursorPlace, encodeCursor, isInRange } from "./cursor.ts"
import { applyChange, holds, isExpired } from "./evaluate.ts"
import { checkKey, decodeItem, encodeItem } from "./item.ts"
import { compareKeys } from "./order.ts"
import {
  checkOperation,
  checkQuery,
  checkTransaction,
  checkWrite,
  distinctKeys,
  keyOf,
  keyText,
  lastWrites,
} from "./request.ts"
import {
  type BatchWrite,
  ConditionFailed,
  type Item,
  type Key,
  type Operation,
  type Page,
  type Query,
  type Table,
} from "./table.ts"

export type MemoryTable = Table & {
  /** Everything that is stored, expired or not, in the order of the keys. */
  items(): Item[]
}

/**
 * A Table in memory. Every call takes effect before it returns its promise, so that a test decides what comes first.
 * With `pageSize` a page holds at most so many items, and a cursor.
 */
export function memoryTable(options: { now: () => number; pageSize?: number }): MemoryTable {
  const texts = new Map<string, string>()

  const read = (key: Key): Item | undefined => {
    const text = texts.get(keyText(key))
    return text === undefined ? undefined : decodeItem(text)
  }
  const write = (item: Item) => texts.set(keyText(item), encodeItem(item))
  const isLive = (item: Item | undefined): item is Item => item !== undefined && !isExpired(item, options.now())
  const partition = (pk: string): Item[] =>
    [...texts].filter(([key]) => key.startsWith(`${pk}\0`)).map(([, text]) => decodeItem(text))

  /** Does all of the operations or none; gives the first one's item as it was. */
  const run = (operations: readonly Operation[]) => {
    const before = operations.map((operation) => read(keyOf(operation)))
    const reasons = operations.map((operation, at) => reason(before[at], operation))
    if (reasons.some(({ failed }) => failed)) throw new ConditionFailed(reasons)
    const after = operations.map((operation, at) => result(before[at], operation))
    for (const [at, operation] of operations.entries()) {
      const item = after[at]
      if (item === undefined) texts.delete(keyText(keyOf(operation)))
      else write(item)
    }
    return before[0]
  }
  const single = (operation: Operation) => {
    checkOperation(operation)
    return run([operation])
  }

  return {
    async get(key) {
      checkKey(key)
      const item = read(key)
      return isLive(item) ? item : undefined
    },
    async put(item, { if: conditions = [] } = {}) {
      single({ put: item, if: conditions })
    },
    async update(key, change, { if: conditions = [] } = {}) {
      single({ update: key, change, if: conditions })
      return read(key) ?? key
    },
    async delete(key, { if: conditions = [] } = {}) {
      return single({ delete: key, if: conditions })
    },
    async query(query) {
      checkQuery(query)
      return page(query, partition(query.pk), options.pageSize, isLive)
    },
    async batchGet(keys) {
      return distinctKeys(keys).map(read).filter(isLive)
    },
    async batchWrite(writes: BatchWrite[]) {
      writes.forEach(checkWrite)
      for (const each of lastWrites(writes)) {
        if ("put" in each) write(each.put)
        else texts.delete(keyText(each.delete))
      }
    },
    async transact(operations) {
      checkTransaction(operations)
      run(operations)
    },
    items: () => Array.from(texts.values(), decodeItem).sort((a, b) => compareKeys(a.pk, b.pk) || bySortKey(a, b)),
  }
}

function reason(item: Item | undefined, operation: Operation): { failed: boolean; item?: Item } {
  if (holds(item, operation.if)) return { failed: false }
  return { failed: true, ...(item && { item }) }
}

function result(item: Item | undefined, operation: Operation): Item | undefined {
  if ("put" in operation) return operation.put
  if ("delete" in operation) return undefined
  return "check" in operation ? item : applyChange(item, operation.update, operation.change)
}

function page(query: Query, items: Item[], pageSize = Infinity, isLive: (item: Item) => boolean): Page {
  const place = cursorPlace(query)
  const direction = query.order === "desc" ? -1 : 1
  const order = (a: Place, b: Place) => direction * (compareKeys(a.gsi1sk ?? "", b.gsi1sk ?? "") || bySortKey(a, b))
  const found = items
    .map((item) => ({ item, at: placeOf(query, item) }))
    .filter((entry): entry is { item: Item; at: Place } => entry.at !== undefined)
    .filter(({ at }) => isInRange(query, at.gsi1sk ?? at.sk) && (place === undefined || order(at, place) > 0))
    .sort((a, b) => order(a.at, b.at))
  const some = found.slice(0, Math.min(query.limit ?? Infinity, pageSize))
  const last = some.at(-1)
  const live = some.map(({ item }) => item).filter(isLive)
  if (last === undefined || some.length === found.length) return { items: live }
  return { items: live, cursor: encodeCursor(last.at) }
}

/** Where the query finds an item of its partition, if it does. */
function placeOf(query: Query, item: Item): Place | undefined {
  if (query.index === undefined) return { sk: item.sk }
  if (item.gsi1pk !== query.index || typeof item.gsi1sk !== "string") return undefined
  return { sk: item.sk, gsi1sk: item.gsi1sk }
}

const bySortKey = (a: { sk: string }, b: { sk: string }): number => compareKeys(a.sk, b.sk)
