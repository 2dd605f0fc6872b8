import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { openSqliteTable } from "@omnichat/local/sqlite/open"
import { expect, it, onTestFinished } from "vitest"
import { startSqliteProcess } from "../support/sqlite-process.ts"
import { sqliteThread } from "../support/sqlite-thread.ts"

const pk = "P"
const atOnce = 40

it.each([1, 50, 400, 2500])("every acknowledged row is there after kill -9 (after %i rows)", async (rows) => {
  const folder = mkdtempSync(join(tmpdir(), "omnichat-crash-"))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, "omnichat.db")

  const writer = startSqliteProcess(file)
  const acknowledged: string[] = []
  let sent = 0
  const send = () => writer.put({ pk, sk: `N#${sent++}`, text: "x".repeat(200) })
  for (let told = await writer.next(); told !== undefined; told = await writer.next()) {
    if (told.opened !== undefined) for (let each = 0; each < atOnce; each++) send()
    if (told.put === undefined) continue
    acknowledged.push(told.put)
    send()
    if (acknowledged.length === rows) writer.kill()
  }
  await writer.exit

  const { table, close } = await openSqliteTable({ file, now: Date.now, threadEntry: sqliteThread() })
  onTestFinished(close)
  const found = await table.batchGet(Array.from({ length: sent }, (_, at) => ({ pk, sk: `N#${at}` })))
  const keys = new Set(found.map(({ sk }) => sk))
  expect(acknowledged.length).toBeGreaterThanOrEqual(rows)
  expect(acknowledged.filter((sk) => !keys.has(sk))).toEqual([])
})
