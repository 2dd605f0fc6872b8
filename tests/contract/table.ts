import type { Item, Query, Table } from "@omnichat/core/store/table"
import { afterAll, beforeAll, describe, expect } from "vitest"
import { describeConditions } from "./table-conditions.ts"
import { describeQueries } from "./table-queries.ts"
import type { Defect, Scene } from "./table-scene.ts"
import { describeTransactions } from "./table-transactions.ts"
import { describeWrites } from "./table-writes.ts"

export type Opened = {
  table: Table
  close(): Promise<void>
}

/** What every adapter is opened with: the clock of the tests. */
export type Open = (options: { now: () => number }) => Promise<Opened>

let partitions = 0

/** The contract of the Table port. Run by every adapter. */
export function describeTable(name: string, open: Open, defects: Defect[] = []): void {
  describe(name, () => {
    let opened: Opened | undefined
    const run = `${process.pid}-${Date.now()}`
    const table = (): Table => {
      if (opened === undefined) throw new Error("the table is not open")
      return opened.table
    }
    const scene: Scene = {
      now: 1_800_000_000_000,
      fresh: () => `P#${run}#${partitions++}`,
      table,
      all: (query) => drain(table(), query),
      defects: new Set(defects),
    }
    beforeAll(async () => {
      opened = await open({ now: () => scene.now })
    })
    afterAll(async () => {
      await opened?.close()
    })
    describeWrites(scene)
    describeConditions(scene)
    describeTransactions(scene)
    describeQueries(scene)
  })
}

async function drain(table: Table, query: Query): Promise<Item[]> {
  const items: Item[] = []
  let cursor = query.cursor
  do {
    const page = await table.query({ ...query, ...(cursor !== undefined && { cursor }) })
    if (query.limit !== undefined) expect(page.items.length).toBeLessThanOrEqual(query.limit)
    items.push(...page.items)
    cursor = page.cursor
  } while (cursor !== undefined)
  return items
}
