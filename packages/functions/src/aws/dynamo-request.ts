import type { TransactWriteItem, WriteRequest } from "@aws-sdk/client-dynamodb"
import { checkKey } from "@omnichat/core/store/item"
import type { BatchWrite, Key, Operation } from "@omnichat/core/store/table"
import { conditionExpressions, updateExpressions } from "./dynamo-expression.ts"
import { type Attributes, toAttributes } from "./dynamo-value.ts"

export function toKey({ pk, sk }: Key): Attributes {
  checkKey({ pk, sk })
  return { pk: { S: pk }, sk: { S: sk } }
}

/** One write of a batch. */
export function toRequest(write: BatchWrite): WriteRequest {
  if ("put" in write) return { PutRequest: { Item: toAttributes(write.put) } }
  return { DeleteRequest: { Key: toKey(write.delete) } }
}

/** One operation of a transaction. */
export function toTransactItem(TableName: string, operation: Operation): TransactWriteItem {
  const conditions = operation.if ?? []
  const shared = { TableName, ReturnValuesOnConditionCheckFailure: "ALL_OLD" } as const
  if ("update" in operation) {
    const { UpdateExpression, ...expressions } = updateExpressions(operation.change, conditions)
    return { Update: { ...shared, Key: toKey(operation.update), UpdateExpression, ...expressions } }
  }
  const expressions = conditionExpressions(conditions)
  if ("put" in operation) return { Put: { ...shared, Item: toAttributes(operation.put), ...expressions } }
  if ("delete" in operation) return { Delete: { ...shared, Key: toKey(operation.delete), ...expressions } }
  const { ConditionExpression, ...rest } = expressions
  return { ConditionCheck: { ...shared, Key: toKey(operation.check), ConditionExpression, ...rest } }
}
