import type { QueryCommandInput, QueryCommandOutput } from "@aws-sdk/client-dynamodb"
import { type Place, cursorPlace, encodeCursor } from "@omnichat/core/store/cursor"
import { compareKeys } from "@omnichat/core/store/order"
import { checkQuery } from "@omnichat/core/store/request"
import type { Item, Page, Query } from "@omnichat/core/store/table"
import { keyExpressions } from "./dynamo-expression.ts"
import { type Attributes, fromAttributes } from "./dynamo-value.ts"

/** One page, as far as DynamoDB gives one: what is expired, or of another partition in the index, is left out. */
export async function queryPage(
  query: Query,
  TableName: string,
  isLive: (item: Item) => boolean,
  send: (input: QueryCommandInput) => Promise<QueryCommandOutput>,
): Promise<Page> {
  checkQuery(query)
  const place = cursorPlace(query)
  const [from, to] = query.between ?? ["", undefined]
  // DynamoDB refuses an empty key, and bounds in the wrong order, which are only an empty range.
  if (to !== undefined && (to === "" || compareKeys(from, to) > 0)) return { items: [] }
  const { Items = [], LastEvaluatedKey } = await send({
    TableName,
    ...keyExpressions(query),
    ...(query.index === undefined ? { ConsistentRead: query.consistent === true } : { IndexName: "gsi1" }),
    ...(query.limit !== undefined && { Limit: query.limit }),
    ...(place !== undefined && { ExclusiveStartKey: startKey(query, place) }),
    ScanIndexForward: query.order !== "desc",
  })
  const items = Items.map(fromAttributes).filter((item) => item.pk === query.pk && isLive(item))
  return LastEvaluatedKey === undefined ? { items } : { items, cursor: encodeCursor(toPlace(query, LastEvaluatedKey)) }
}

function startKey(query: Query, place: Place): Attributes {
  const key: Attributes = { pk: { S: query.pk }, sk: { S: place.sk } }
  if (query.index === undefined || place.gsi1sk === undefined) return key
  return { ...key, gsi1pk: { S: query.index }, gsi1sk: { S: place.gsi1sk } }
}

function toPlace(query: Query, key: Attributes): Place {
  const { sk, gsi1sk } = fromAttributes(key)
  return query.index !== undefined && typeof gsi1sk === "string" ? { sk, gsi1sk } : { sk }
}
