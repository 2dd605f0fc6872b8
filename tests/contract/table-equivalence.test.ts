import { ConditionFailed, type Table } from "@omnichat/core/store/table"
import fc from "fast-check"
import { describe, expect, it, onTestFinished } from "vitest"
import { engineFolder, startEngine } from "../support/dynamo-engine.ts"
import { memoryTable } from "../support/memory-table.ts"
import { temporarySqlite } from "../support/sqlite-table.ts"
import { type Call, callIn, drain, now } from "./table-operations.ts"

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

const runs = 150
const callsPerRun = 20

describe.skipIf(engineFolder("extenddb") === undefined)("The adapters of Table", () => {
  it("give the same results, errors and contents for any sequence of calls", { timeout: 120_000 }, async () => {
    const sqlite = await temporarySqlite({ now: () => now, pageSize: 3 })
    onTestFinished(sqlite.close)
    const engine = await startEngine("extenddb")
    onTestFinished(engine.close)
    const tables = [memoryTable({ now: () => now, pageSize: 2 }), sqlite.table, engine.open(() => now)]

    const example = fc
      .uuid({ version: 4 })
      .noShrink()
      .chain((pk) => fc.tuple(fc.constant(pk), fc.array(callIn(pk), { minLength: 1, maxLength: callsPerRun, size: "max" })))
    let round = 0
    const property = fc.asyncProperty(example, async ([pk, calls]) => {
      // Shrinking runs parts of a sequence again: each run begins with an empty partition.
      round += 1
      for (const table of tables) {
        const left = await drain(table, { pk, consistent: true })
        await table.batchWrite(left.map((item) => ({ delete: item })))
      }
      for (const call of calls) {
        const [first, ...others] = await Promise.all(tables.map((table) => outcome(call, table)))
        for (const other of others) expect({ call: call.name, ...Object(other) }).toEqual({ call: call.name, ...Object(first) })
      }
      const [contents, ...others] = await Promise.all(tables.map((table) => drain(table, { pk, consistent: true })))
      for (const other of others) expect(other).toEqual(contents)
    })
    await fc.assert(property, { numRuns: runs })
    expect(round).toBeGreaterThanOrEqual(runs)
  })
})
