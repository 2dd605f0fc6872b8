import { BatchGetItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb"
import type { AttributeValue, DynamoDBClient } from "@aws-sdk/client-dynamodb"
import type { TableCall } from "./table-proxy.ts"

/**
 * Counts what DynamoDB's price list counts (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html):
 * a write unit for each KB begun of the larger of the item before and after, twice in transactions, again for the index; a
 * read unit for each 4 KB begun, half of one where the read may be late, twice in transactions. The engine's own count
 * leaves out indexes and what an update in a transaction finds.
 */
export type Units = {
  writes: number
  reads: number
  /** The writes by what is written: the words that partition and sort key begin with, as in `RUN EVT`. */
  writesOf: Record<string, number>
}

type Item = Record<string, AttributeValue>
type Key = { pk: { S: string }; sk: { S: string } }
type Written = { Item?: Item; Key?: Item }

export function createMeter(client: Pick<DynamoDBClient, "send">, tableName: string) {
  const units: Units = { writes: 0, reads: 0, writesOf: {} }
  /** What is known of items that were written: their size, and their place in the index. */
  const known = new Map<string, { bytes: number; place: string | undefined }>()

  function write(key: Key, count: number): void {
    const kind = [key.pk.S, key.sk.S].map((text) => text.split("#")[0]).join(" ")
    units.writes += count
    units.writesOf[kind] = (units.writesOf[kind] ?? 0) + count
  }

  async function written(keys: Key[], times: number): Promise<void> {
    const input = { RequestItems: { [tableName]: { Keys: keys, ConsistentRead: true } } }
    const { Responses } = await client.send(new BatchGetItemCommand(input))
    const items = new Map((Responses?.[tableName] ?? []).map((item) => [nameOf(item as Key), item]))
    for (const key of keys) {
      const name = nameOf(key)
      const item = items.get(name)
      const [before, after] = [known.get(name) ?? { bytes: 0, place: undefined }, stateOf(item)]
      const size = kilobytes(Math.max(before.bytes, after.bytes))
      const moves = before.place !== undefined && after.place !== undefined && before.place !== after.place
      const indexed = (before.place ?? after.place) !== undefined
      write(key, times * size + (moves ? size : 0) + (indexed ? size : 0))
      known.set(name, after)
    }
  }

  return {
    units,
    /** What is there already. The table must be small. */
    async learn(): Promise<void> {
      const { Items = [] } = await client.send(new ScanCommand({ TableName: tableName, ConsistentRead: true }))
      for (const item of Items) known.set(nameOf(item as Key), stateOf(item))
    },
    /** After each call, before its answer leaves: so that nobody writes these items meanwhile. */
    async count({ operation, body, answer, status }: TableCall): Promise<void> {
      const keys = keysOf(operation, body)
      if (keys.length > 0) {
        const times = operation === "TransactWriteItems" ? 2 : 1
        // What a condition refuses is paid all the same.
        if (status === 200) return written(keys, times)
        for (const key of keys) write(key, times * kilobytes(known.get(nameOf(key))?.bytes ?? 0))
      }
      if (status === 200) units.reads += readUnits(operation, body, answer)
    },
  }
}

function keysOf(operation: string, body: unknown): Key[] {
  switch (operation) {
    case "PutItem":
    case "UpdateItem":
    case "DeleteItem":
      return [keyOf(body as Written)]
    case "TransactWriteItems": {
      const { TransactItems } = body as { TransactItems: Record<string, Written>[] }
      return TransactItems.flatMap((each) => Object.values(each).map(keyOf))
    }
    case "BatchWriteItem": {
      const { RequestItems } = body as { RequestItems: Record<string, Record<string, Written>[]> }
      return Object.values(RequestItems).flatMap((all) => all.flatMap((each) => Object.values(each).map(keyOf)))
    }
    default:
      return []
  }
}

function keyOf({ Item, Key }: Written): Key {
  const { pk, sk } = (Key ?? Item) as Key
  return { pk, sk }
}

const nameOf = ({ pk, sk }: Key): string => JSON.stringify([pk.S, sk.S])
const kilobytes = (bytes: number): number => Math.max(1, Math.ceil(bytes / 1024))

function stateOf(item: Item | undefined): { bytes: number; place: string | undefined } {
  if (item === undefined) return { bytes: 0, place: undefined }
  const { gsi1pk, gsi1sk } = item
  const place = gsi1pk === undefined ? undefined : JSON.stringify([gsi1pk, gsi1sk])
  return { bytes: bytesOf(item), place }
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
function bytesOf(item: Item): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + sizeOf(value), 0)
}

function sizeOf({ S, N, B, M, L }: AttributeValue): number {
  if (S !== undefined) return Buffer.byteLength(S)
  if (N !== undefined) return Math.ceil(N.replace(/\D/g, "").length / 2) + 1
  if (B !== undefined) return B.length
  if (M !== undefined) return 3 + bytesOf(M) + Object.keys(M).length
  if (L !== undefined) return 3 + L.reduce((sum, value) => sum + 1 + sizeOf(value), 0)
  return 1
}

function readUnits(operation: string, body: unknown, answer: unknown): number {
  const half = (body as { ConsistentRead?: boolean }).ConsistentRead === true ? 1 : 0.5
  const quarters = (bytes: number) => Math.max(1, Math.ceil(bytes / 4096))
  if (operation === "GetItem") return half * quarters(bytesOf((answer as { Item?: Item }).Item ?? {}))
  if (operation === "Query") {
    const { Items = [] } = answer as { Items?: Item[] }
    return half * quarters(Items.reduce((sum, item) => sum + bytesOf(item), 0))
  }
  if (operation !== "BatchGetItem") return 0
  const { RequestItems } = body as { RequestItems: Record<string, { Keys: Item[]; ConsistentRead?: boolean }> }
  const { Responses } = answer as { Responses: Record<string, Item[]> }
  return Object.entries(RequestItems).reduce((sum, [table, { Keys, ConsistentRead = false }]) => {
    const found = Responses[table] ?? []
    const absent = Keys.length - found.length
    const all = found.reduce((bytes, item) => bytes + quarters(bytesOf(item)), absent)
    return sum + (ConsistentRead ? 1 : 0.5) * all
  }, 0)
}
