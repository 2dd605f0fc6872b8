import type { Item, Query, Table } from "@omnichat/core/store/table"

/** What a stand-in for DynamoDB is known to do wrong: `prefix-case`, its `begins_with` takes A for a. */
export type Defect = "prefix-case"

/** What the tests of the contract have. */
export type Scene = {
  table(): Table
  /** A partition nobody else uses. */
  fresh(): string
  /** The clock, in epoch milliseconds. */
  now: number
  /** All pages of a query. */
  all(query: Query): Promise<Item[]>
  defects: ReadonlySet<Defect>
}
