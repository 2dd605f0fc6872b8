import type { Json } from "../protocol/part.ts"

/**
 * The one store: items under a partition key and a sort key, as DynamoDB has them, with the small part of its language
 * that OmniChat uses. Every adapter passes `tests/contract/table.ts`.
 *
 * - Values are JSON without undefined; numbers are finite, integers safe; money is integer micro-dollars. A key is a
 *   non-empty string; keys order by their UTF-8 bytes. An item has at most 400 KB.
 * - `expiresAt` (epoch seconds): reads leave an expired item out; conditions and writes still see it until it is
 *   purged, and an index may keep it as long.
 * - A path names an attribute, or with dots an entry of a map in it (`followers.x`); an entry's name holds no dot.
 * - Writing below a map that is not there is a programming error: it throws TypeError.
 */
export interface Table {
  /** `consistent` sees every write acknowledged before the call. */
  get(key: Key, options?: { consistent?: boolean }): Promise<Item | undefined>
  /** Replaces the whole item. Throws ConditionFailed, Throttled. */
  put(item: Item, options?: { if?: Condition[] }): Promise<void>
  /** Changes attributes, making the item if it is absent (condition `exists: "pk"` forbids that). Gives the new item. */
  update(key: Key, change: Change, options?: { if?: Condition[] }): Promise<Item>
  /** Gives the old item, if there was one. */
  delete(key: Key, options?: { if?: Condition[] }): Promise<Item | undefined>
  /** Fewer items than `limit` together with a cursor is legal: go on until there is no cursor. */
  query(query: Query): Promise<Page>
  /** In no particular order, absent keys left out. Any number of keys. */
  batchGet(keys: Key[], options?: { consistent?: boolean }): Promise<Item[]>
  /** Any number of unconditional writes, each by itself atomic. */
  batchWrite(writes: BatchWrite[]): Promise<void>
  /**
   * All or nothing; at most 100 operations, each on another item, 4 MB in all. Throws ConditionFailed with the reason
   * of each operation. A conflict with other writers is retried inside.
   */
  transact(operations: Operation[]): Promise<void>
}

export type Key = { pk: string; sk: string }
export type Item = Key & { [attribute: string]: Json }

export type Scalar = string | number | boolean
export type Test =
  | { absent: string }
  | { exists: string }
  | { equals: [path: string, value: Scalar] }
  /** Strictly less; false where the attribute is absent or of another type. */
  | { below: [path: string, value: string | number] }
  | { oneOf: [path: string, values: Scalar[]] }
/** One of a list that must all hold. `any` holds when one of its tests does. */
export type Condition = Test | { any: Test[] }

export type Change = {
  set?: Record<string, Json>
  /** Set only where the path holds nothing yet. */
  setIfAbsent?: Record<string, Json>
  /** Adds to a number; an absent one counts as 0. */
  add?: Record<string, number>
  remove?: string[]
}

export type Query = {
  pk: string
  /**
   * A partition of the index `gsi1`: the items of table partition `pk` whose `gsi1pk` is this, ordered by `gsi1sk`. (All
   * items of one index partition live in one table partition, so that a cursor needs to carry sort keys only.) Index
   * reads are eventual.
   */
  index?: string
  /** Of the sort key, or of `gsi1sk` with `index`. At most one of `prefix` and `between` (both ends included). */
  prefix?: string
  between?: [from: string, to: string]
  order?: "asc" | "desc"
  limit?: number
  /** From a page of the same query. A forged one may give a wrong place, never another partition; a broken one throws InvalidCursor. */
  cursor?: string
  /** Not with `index`. */
  consistent?: boolean
}
export type Page = { items: Item[]; cursor?: string }

export type BatchWrite = { put: Item } | { delete: Key }
export type Operation =
  | { put: Item; if?: Condition[] }
  | { update: Key; change: Change; if?: Condition[] }
  | { delete: Key; if?: Condition[] }
  | { check: Key; if: Condition[] }

/** A condition did not hold, and nothing was written. */
export class ConditionFailed extends Error {
  /** The item as it was, for a single write. */
  readonly item: Item | undefined
  /** For a transaction, one entry an operation: whether its own condition failed, and the item as it was. */
  readonly reasons: { failed: boolean; item?: Item }[]

  constructor(reasons: { failed: boolean; item?: Item }[]) {
    super("a condition of the write did not hold")
    this.name = "ConditionFailed"
    this.reasons = reasons
    this.item = reasons.find((reason) => reason.failed)?.item
  }
}

/** The store refuses work for now; the adapter has already retried. */
export class Throttled extends Error {
  override name = "Throttled"
}

/** Other writers held the same items for longer than the adapter retries. */
export class Conflict extends Error {
  override name = "Conflict"
}

/** The store cannot be written: disk full, folder read-only, file corrupt. */
export class StoreUnavailable extends Error {
  override name = "StoreUnavailable"
}

export class InvalidCursor extends Error {
  override name = "InvalidCursor"
}
