import { cursorPlace } from "@omnichat/core/store/cursor"
import { decodeItem } from "@omnichat/core/store/item"
import {
  checkOperation,
  checkQuery,
  checkTransaction,
  checkWrite,
  distinctKeys,
  lastWrites,
} from "@omnichat/core/store/request"
import type { BatchWrite, Condition, Item, Operation, Page, Table } from "@omnichat/core/store/table"
import type { Channel } from "./channel.ts"
import type { Answer, DeleteStep, PutStep, Step } from "./message.ts"
import { toRow } from "./row.ts"

/** The Table port over SQLite's thread: checks and encodes here, so that the thread has little left to do. */
export function sqliteTable({ call }: Channel): Table {
  return {
    async get(key) {
      distinctKeys([key])
      return itemOf(await call(["get", key.pk, key.sk]))
    },
    async put(item, { if: conditions = [] } = {}) {
      checkOperation({ put: item, if: conditions })
      await call(["put", toRow(item), conditions])
    },
    async update(key, change, { if: conditions = [] } = {}) {
      checkOperation({ update: key, change, if: conditions })
      return itemOf(await call(["update", key, conditions, change])) ?? key
    },
    async delete(key, { if: conditions = [] } = {}) {
      checkOperation({ delete: key, if: conditions })
      return itemOf(await call(["delete", key, conditions]))
    },
    async query(query) {
      checkQuery(query)
      return pageOf(await call(["query", query, cursorPlace(query)]))
    },
    async batchGet(keys) {
      const found = await call(["batchGet", distinctKeys(keys)])
      return Array.isArray(found) ? found.map(decodeItem) : []
    },
    async batchWrite(writes) {
      writes.forEach(checkWrite)
      await call(["batchWrite", lastWrites(writes).map(toWrite)])
    },
    async transact(operations) {
      checkTransaction(operations)
      await call(["transact", operations.map(toStep)])
    },
  }
}

function toStep(operation: Operation): Step {
  const conditions = operation.if ?? []
  if ("update" in operation) return ["update", operation.update, conditions, operation.change]
  if ("check" in operation) return ["check", operation.check, conditions]
  return toWrite(operation)
}

function toWrite(write: BatchWrite & { if?: Condition[] }): PutStep | DeleteStep {
  const conditions = write.if ?? []
  return "put" in write ? ["put", toRow(write.put), conditions] : ["delete", write.delete, conditions]
}

const itemOf = (answer: Answer): Item | undefined => (typeof answer === "string" ? decodeItem(answer) : undefined)

function pageOf(answer: Answer): Page {
  if (typeof answer !== "object" || !("items" in answer)) return { items: [] }
  const items = answer.items.map(decodeItem)
  return answer.cursor === undefined ? { items } : { items, cursor: answer.cursor }
}
