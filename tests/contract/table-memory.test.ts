import { memoryTable } from "@omnichat/core/store/memory"
import { describeTable } from "./table.ts"

const close = () => Promise.resolve()

describeTable("Table in memory", async ({ now }) => ({ table: memoryTable({ now }), close }))
describeTable("Table in memory with short pages", async ({ now }) => ({
  table: memoryTable({ now, pageSize: 2 }),
  close,
}))
