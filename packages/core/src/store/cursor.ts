import { checkKeyText } from "./item.ts"
import { compareKeys } from "./order.ts"
import { InvalidCursor, type Query } from "./table.ts"

/** Where a page ended: the sort key, and with an index the index's sort key too. Never a partition. */
export type Place = { sk: string; gsi1sk?: string }

export function encodeCursor(place: Place): string {
  const bytes = new TextEncoder().encode(
    JSON.stringify([place.sk, ...(place.gsi1sk === undefined ? [] : [place.gsi1sk])]),
  )
  let binary = ""
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")
}

/** The place a query goes on from, or undefined at its start. Throws InvalidCursor for one no page of it could give. */
export function cursorPlace(query: Query): Place | undefined {
  if (query.cursor === undefined) return undefined
  const [sk, gsi1sk, ...more] = parse(query.cursor)
  try {
    checkKeyText(sk, "sk")
    if (query.index !== undefined) checkKeyText(gsi1sk, "gsi1sk")
  } catch (cause) {
    throw new InvalidCursor("the cursor holds no place", { cause })
  }
  const place: Place = query.index === undefined ? { sk } : { sk, gsi1sk: String(gsi1sk) }
  const surplus = more.length > 0 || (query.index === undefined && gsi1sk !== undefined)
  if (surplus || !isInRange(query, place.gsi1sk ?? place.sk)) {
    throw new InvalidCursor("the cursor comes from another query")
  }
  return place
}

/** Whether a sort key is one the query asks for. */
export function isInRange(query: Query, sortKey: string): boolean {
  if (query.prefix !== undefined) return sortKey.startsWith(query.prefix)
  if (query.between === undefined) return true
  const [from, to] = query.between
  return compareKeys(from, sortKey) <= 0 && compareKeys(sortKey, to) <= 0
}

function parse(cursor: string): unknown[] {
  try {
    const binary = atob(cursor.replaceAll("-", "+").replaceAll("_", "/"))
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0))
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes))
    if (Array.isArray(value)) return value
  } catch (cause) {
    throw new InvalidCursor("the cursor is broken", { cause })
  }
  throw new InvalidCursor("the cursor is broken")
}
