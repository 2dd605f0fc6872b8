import type { Item, Query, Table } from "@omnichat/core/store/table"

/** What the tests of the contract have. */
export type Scene = {
  table(): Table
  /** A partition nobody else uses. */
  fresh(): string
  /** The clock, in epoch milliseconds. */
  now: number
  /** All pages of a query. */
  all(query: Query): Promise<Item[]>
}
