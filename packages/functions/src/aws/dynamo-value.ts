import type { AttributeValue } from "@aws-sdk/client-dynamodb"
import { wellFormed } from "@omnichat/core/store/item"
import type { Item } from "@omnichat/core/store/table"
import type { Json } from "@omnichat/core/protocol/part"

/**
 * Items as DynamoDB writes them. Not lib-dynamodb: its maps lose an entry named `__proto__`, which a model may well put
 * into the arguments of a tool.
 */
export type Attributes = Record<string, AttributeValue>

export const toAttributes = (item: Item): Attributes => mapValues(wellFormed(item), toAttribute)

export function toAttribute(value: Json): AttributeValue {
  if (value === null) return { NULL: true }
  if (typeof value === "string") return { S: value }
  if (typeof value === "number") return { N: String(value) }
  if (typeof value === "boolean") return { BOOL: value }
  return Array.isArray(value) ? { L: value.map(toAttribute) } : { M: mapValues(value, toAttribute) }
}

/** Throws TypeError when there are no keys: then it is no item of ours. */
export function fromAttributes(attributes: Attributes): Item {
  const { pk, sk, ...rest } = mapValues(attributes, fromAttribute)
  if (typeof pk !== "string" || typeof sk !== "string") throw new TypeError("DynamoDB gave an item without its keys")
  return { pk, sk, ...rest }
}

function fromAttribute(value: AttributeValue): Json {
  if (value.S !== undefined) return value.S
  if (value.N !== undefined) return Number(value.N)
  if (value.BOOL !== undefined) return value.BOOL
  if (value.L !== undefined) return value.L.map(fromAttribute)
  if (value.M !== undefined) return mapValues(value.M, fromAttribute)
  if (value.NULL !== undefined) return null
  throw new TypeError(`DynamoDB gave a value of a type that is not used here: ${Object.keys(value).join()}`)
}

/** Object.fromEntries defines each entry, also one named `__proto__`. */
function mapValues<From, To>(map: Record<string, From>, change: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, change(value)]))
}
