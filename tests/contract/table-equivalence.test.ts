import { ConditionFailed, type Item, type Table } from "@omnichat/core/store/table"
import fc from "fast-check"
import { describe, expect, it, onTestFinished, vi } from "vitest"
import { engineFolder, startEngine } from "../support/dynamo-engine.ts"
import { memoryTable } from "@omnichat/core/store/memory"
import { temporarySqlite } from "../support/sqlite-table.ts"
import { type Call, anyCall, drain, everyKey, indexPartition, now, partition } from "./table-operations.ts"

const runs = 200
const callsPerRun = 20

/** What a call gave: its result, or the class of its error and the reasons. */
async function outcome(call: Call, table: Table): Promise<unknown> {
  try {
    return { gave: await call.run(table) }
  } catch (error) {
    if (error instanceof ConditionFailed) return { threw: error.name, reasons: error.reasons }
    if (error instanceof TypeError || error instanceof RangeError) return { threw: error.name }
    throw error
  }
}

/** Leaves the table empty, and gives all that was in it, expired or not. */
const takeAll = (table: Table): Promise<(Item | undefined)[]> => Promise.all(everyKey.map((key) => table.delete(key)))

/** By sort keys of the index: the order of items that have the same is each adapter's own. */
const indexOf = async (table: Table) => {
  const items = await drain(table, { pk: partition, index: indexPartition })
  return { order: items.map(({ gsi1sk }) => gsi1sk), items: new Set(items) }
}

describe.skipIf(engineFolder("extenddb") === undefined)("The adapters of Table", () => {
  it("give the same results, errors and contents for any sequence of calls", { timeout: 120_000 }, async () => {
    const sqlite = await temporarySqlite({ now: () => now, pageSize: 3 })
    onTestFinished(sqlite.close)
    const engine = await startEngine("extenddb")
    onTestFinished(engine.close)
    const model = memoryTable({ now: () => now, pageSize: 2 })
    const tables = [sqlite.table, engine.open(() => now)]

    const sequence = fc.array(anyCall, { minLength: 1, maxLength: callsPerRun, size: "max" })
    const property = fc.asyncProperty(sequence, async (calls) => {
      await Promise.all([model, ...tables].map(takeAll))
      for (const call of calls) {
        const expected = await outcome(call, model)
        for (const table of tables) expect([call.name, await outcome(call, table)]).toEqual([call.name, expected])
      }
      const index = await indexOf(model)
      const isSame = (table: Table) => async () => expect(await indexOf(table)).toEqual(index)
      for (const table of tables) await vi.waitFor(isSame(table), { timeout: 20_000, interval: 10 })
      const contents = await takeAll(model)
      for (const table of tables) expect(await takeAll(table)).toEqual(contents)
    })
    await fc.assert(property, { numRuns: runs })
  })
})
