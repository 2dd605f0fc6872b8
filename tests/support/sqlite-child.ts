import { createInterface } from "node:readline"
import type { Item } from "@omnichat/core/store/table"
import { openSqliteTable } from "@omnichat/local/sqlite/open"

/**
 * A process that puts the items it reads, a line each, into the SQLite file it is given, and tells of each put when it
 * is acknowledged or refused. Writing to a pipe blocks, so what it has told it has told.
 */
const [file = "", threadEntry = ""] = process.argv.slice(2)

const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)
const textOf = (error: unknown) => (error instanceof Error ? { name: error.name, message: error.message } : {})

try {
  const { table, close } = await openSqliteTable({ file, now: Date.now, threadEntry: new URL(threadEntry) })
  say({ opened: file })
  for await (const line of createInterface({ input: process.stdin })) {
    const item = JSON.parse(line) as Item
    table.put(item).then(
      () => say({ put: item.sk }),
      (error: unknown) => say({ refused: item.sk, ...textOf(error) }),
    )
  }
  await close()
} catch (error) {
  say({ failed: file, ...textOf(error) })
}
