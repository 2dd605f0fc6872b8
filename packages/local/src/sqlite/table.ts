import { cursorPlace } from "@omnichat/core/store/cursor"
import { checkKey, decodeItem } from "@omnichat/core/store/item"
import {
  checkOperation,
  checkQuery,
  checkTransaction,
  checkWrite,
  distinctKeys,
  lastWrites,
} from "@omnichat/core/store/request"
import type { BatchWrite, Change, Condition, Item, Key, Operation, Page, Table } from "@omnichat/core/store/table"
import type { Channel } from "./channel.ts"
import type { Answer, DeleteStep, PutStep, Step, UpdateStep } from "./message.ts"
import { toConditions, toRow } from "./row.ts"

/** The Table port over SQLite's thread: checks and encodes here, so that the thread has little left to do. */
export function sqliteTable({ call }: Channel): Table {
  return {
    async get(key) {
      checkKey(key)
      return itemOf(await call(["get", key.pk, key.sk]))
    },
    async put(item, { if: conditions = [] } = {}) {
      checkOperation({ put: item, if: conditions })
      await call(["put", toRow(item), toConditions(conditions)])
    },
    async update(key, change, { if: conditions = [] } = {}) {
      checkOperation({ update: key, change, if: conditions })
      return itemOf(await call(toUpdate(key, change, conditions))) ?? key
    },
    async delete(key, { if: conditions = [] } = {}) {
      checkOperation({ delete: key, if: conditions })
      return itemOf(await call(toWrite({ delete: key, if: conditions })))
    },
    async query(query) {
      checkQuery(query)
      return pageOf(await call(["query", structuredClone(query), cursorPlace(query)]))
    },
    async batchGet(keys) {
      const found = await call(["batchGet", distinctKeys(keys).map(bare)])
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
  if ("update" in operation) return toUpdate(operation.update, operation.change, operation.if)
  if ("check" in operation) return ["check", bare(operation.check), toConditions(operation.if)]
  return toWrite(operation)
}

function toUpdate(key: Key, change: Change, conditions: Condition[] = []): UpdateStep {
  return ["update", bare(key), toConditions(conditions), JSON.stringify(change)]
}

function toWrite(write: BatchWrite & { if?: Condition[] }): PutStep | DeleteStep {
  const conditions = toConditions(write.if ?? [])
  return "put" in write ? ["put", toRow(write.put), conditions] : ["delete", bare(write.delete), conditions]
}

/** A key without the rest of the item it may be part of. */
const bare = ({ pk, sk }: Key): Key => ({ pk, sk })

const itemOf = (answer: Answer): Item | undefined => (typeof answer === "string" ? decodeItem(answer) : undefined)

function pageOf(answer: Answer): Page {
  if (typeof answer !== "object" || !("items" in answer)) return { items: [] }
  const items = answer.items.map(decodeItem)
  return answer.cursor === undefined ? { items } : { items, cursor: answer.cursor }
}
