import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb"
import { isExpired } from "@omnichat/core/store/evaluate"
import { checkOperation, checkTransaction, checkWrite, distinctKeys, lastWrites } from "@omnichat/core/store/request"
import type { Item, Table } from "@omnichat/core/store/table"
import { conditionExpressions, updateExpressions } from "./dynamo-expression.ts"
import { type Asked, toError } from "./dynamo-failure.ts"
import { queryPage } from "./dynamo-query.ts"
import { type Pause, backOff, drain, retrying } from "./dynamo-retry.ts"
import { toKey, toRequest, toTransactItem } from "./dynamo-request.ts"
import { fromAttributes, toAttributes } from "./dynamo-value.ts"

export type DynamoOptions = {
  /** The caller's, with its region, retries and time limits. */
  client: Pick<DynamoDBClient, "send">
  tableName: string
  /** Epoch milliseconds. */
  now: () => number
  /** Between attempts of what the SDK does not repeat; exponential with jitter if not given. */
  pause?: Pause
}

const readsPerBatch = 100
const writesPerBatch = 25

/** The Table port over DynamoDB. */
export function dynamoTable({ client, tableName: TableName, now, pause = backOff }: DynamoOptions): Table {
  const isLive = (item: Item): boolean => !isExpired(item, now())
  const guarded = async <T>(run: () => Promise<T>, asked: readonly Asked[] = []): Promise<T> => {
    try {
      return await run()
    } catch (error) {
      throw toError(error, asked)
    }
  }
  const write = <T>(asked: readonly Asked[], run: () => Promise<T>) => retrying(pause, () => guarded(run, asked))
  const withOld = { ReturnValuesOnConditionCheckFailure: "ALL_OLD" } as const

  return {
    async get(key, { consistent = false } = {}) {
      const input = { TableName, Key: toKey(key), ConsistentRead: consistent }
      const { Item: found } = await guarded(() => client.send(new GetItemCommand(input)))
      const item = found && fromAttributes(found)
      return item && isLive(item) ? item : undefined
    },
    async put(item, { if: conditions = [] } = {}) {
      checkOperation({ put: item, if: conditions })
      const input = { TableName, Item: toAttributes(item), ...conditionExpressions(conditions), ...withOld }
      await write([{ if: conditions }], () => client.send(new PutItemCommand(input)))
    },
    async update(key, change, { if: conditions = [] } = {}) {
      checkOperation({ update: key, change, if: conditions })
      const expressions = { ...updateExpressions(change, conditions), ReturnValues: "ALL_NEW" } as const
      const input = { TableName, Key: toKey(key), ...expressions, ...withOld }
      const { Attributes } = await write([{ if: conditions, change }], () => client.send(new UpdateItemCommand(input)))
      return fromAttributes(Attributes ?? toKey(key))
    },
    async delete(key, { if: conditions = [] } = {}) {
      checkOperation({ delete: key, if: conditions })
      const expressions = { ...conditionExpressions(conditions), ReturnValues: "ALL_OLD" } as const
      const input = { TableName, Key: toKey(key), ...expressions, ...withOld }
      const { Attributes } = await write([{ if: conditions }], () => client.send(new DeleteItemCommand(input)))
      return Attributes && fromAttributes(Attributes)
    },
    query: (query) =>
      queryPage(query, TableName, isLive, (input) => guarded(() => client.send(new QueryCommand(input)))),
    async batchGet(keys, { consistent = false } = {}) {
      const items: Item[] = []
      const wanted = distinctKeys(keys).map(toKey)
      await drain(pause, wanted, readsPerBatch, async (Keys) => {
        const request = { [TableName]: { Keys, ConsistentRead: consistent } }
        const sent = await guarded(() => client.send(new BatchGetItemCommand({ RequestItems: request })))
        for (const found of sent.Responses?.[TableName] ?? []) items.push(fromAttributes(found))
        return sent.UnprocessedKeys?.[TableName]?.Keys ?? []
      })
      return items.filter(isLive)
    },
    async batchWrite(writes) {
      writes.forEach(checkWrite)
      await drain(pause, lastWrites(writes).map(toRequest), writesPerBatch, async (some) => {
        const input = { RequestItems: { [TableName]: some } }
        const sent = await guarded(() => client.send(new BatchWriteItemCommand(input)))
        return sent.UnprocessedItems?.[TableName] ?? []
      })
    },
    async transact(operations) {
      checkTransaction(operations)
      if (operations.length === 0) return
      // One token for all attempts: a repetition of one that had succeeded, its answer lost, succeeds too.
      const ClientRequestToken = crypto.randomUUID()
      const TransactItems = operations.map((operation) => toTransactItem(TableName, operation))
      const input = { TransactItems, ClientRequestToken }
      await write(operations, () => client.send(new TransactWriteItemsCommand(input)))
    },
  }
}
