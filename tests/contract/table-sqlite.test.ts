import { temporarySqlite } from "../support/sqlite-table.ts"
import { describeTable } from "./table.ts"

describeTable("Table on SQLite", ({ now }) => temporarySqlite({ now }))
describeTable("Table on SQLite with short pages and a late index", ({ now }) =>
  temporarySqlite({ now, pageSize: 2, indexDelayMs: 50 }),
)
