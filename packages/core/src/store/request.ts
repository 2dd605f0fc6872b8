import { checkChange, checkConditions, checkRemoval } from "./evaluate.ts"
import { checkItem, checkKey, checkKeyText, itemSize, maxTransactionBytes, maxTransactionOperations } from "./item.ts"
import type { BatchWrite, Key, Operation, Query } from "./table.ts"

/** The checks of whole calls that every adapter makes before it does anything: TypeError for form, RangeError for size. */

export function checkOperation(operation: Operation): void {
  if ("put" in operation) checkItem(operation.put)
  else checkKey(keyOf(operation))
  checkConditions(operation.if)
  if (!("update" in operation)) return
  checkChange(operation.change)
  checkRemoval(operation.change, operation.if)
}

export function checkTransaction(operations: readonly Operation[]): void {
  if (operations.length > maxTransactionOperations) {
    throw new RangeError(`a transaction has at most ${maxTransactionOperations} operations, not ${operations.length}`)
  }
  operations.forEach(checkOperation)
  if (distinctKeys(operations.map(keyOf)).length < operations.length) {
    throw new TypeError("a transaction may touch an item only once")
  }
  const bytes = operations.reduce((sum, operation) => sum + bytesOf(operation), 0)
  if (bytes > maxTransactionBytes) {
    throw new RangeError(`a transaction has at most ${maxTransactionBytes} bytes, not ${bytes}`)
  }
}

export function checkQuery(query: Query): void {
  checkKeyText(query.pk, "pk")
  if (query.index !== undefined) checkKeyText(query.index, "index")
  if (query.index !== undefined && query.consistent === true) throw new TypeError("an index is never consistent")
  if (query.prefix !== undefined && query.between !== undefined) throw new TypeError("either prefix or between")
  for (const text of [query.prefix ?? "", ...(query.between ?? [])]) if (text !== "") checkKeyText(text, "a bound")
  if (query.limit !== undefined && !(Number.isSafeInteger(query.limit) && query.limit > 0)) {
    throw new TypeError(`limit must be a positive integer, not ${query.limit}`)
  }
}

/** Of several writes to one item the last one, which is what is left when they are done in order. */
export function lastWrites(writes: readonly BatchWrite[]): BatchWrite[] {
  return [...new Map(writes.map((write) => [keyText(writeKey(write)), write])).values()]
}

export function checkWrite(write: BatchWrite): void {
  if ("put" in write) checkItem(write.put)
  else checkKey(write.delete)
}

/** Each key once. Throws TypeError for one that cannot be a key. */
export function distinctKeys(keys: readonly Key[]): Key[] {
  keys.forEach(checkKey)
  return [...new Map(keys.map((key) => [keyText(key), key])).values()]
}

/** The item an operation is about. */
export function keyOf(operation: Operation): Key {
  if ("put" in operation) return operation.put
  if ("update" in operation) return operation.update
  return "delete" in operation ? operation.delete : operation.check
}

/** One text a key; NUL is in no key. */
export const keyText = (key: Key): string => `${key.pk}\0${key.sk}`

const writeKey = (write: BatchWrite): Key => ("put" in write ? write.put : write.delete)

function bytesOf(operation: Operation): number {
  if ("put" in operation) return itemSize(operation.put)
  if (!("update" in operation)) return 0
  return itemSize({ ...operation.update, ...operation.change.set, ...operation.change.setIfAbsent })
}
