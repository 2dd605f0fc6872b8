import { type Place, encodeCursor } from "@omnichat/core/store/cursor"
import { prefixEnd } from "@omnichat/core/store/order"
import type { Query } from "@omnichat/core/store/table"
import type Database from "libsql"
import type { PageAnswer } from "./message.ts"

/** A page ends with the item that makes it larger than this, in UTF-16 units. */
const maxPageLength = 1024 * 1024

export type Search = (query: Query, place: Place | undefined, now: number) => PageAnswer

/** Answers queries on one connection, at most `pageSize` items a page. */
export function openSearch(database: Database.Database, pageSize: number): Search {
  const statements = new Map<string, Database.Statement>()
  const prepared = (sql: string) => {
    const statement = statements.get(sql) ?? database.prepare(sql).raw()
    statements.set(sql, statement)
    return statement
  }

  return (query, place, now) => {
    const limit = Math.min(query.limit ?? Infinity, pageSize)
    const { sql, values } = toSql(query, place)
    const rows = prepared(sql)
      .all([...values, now, limit])
      .map(toFound)
    let length = 0
    const end = rows.findIndex(({ json }) => (length += json.length) > maxPageLength)
    const page = end === -1 ? rows : rows.slice(0, end + 1)
    const last = page.at(-1)
    const items = page.map(({ json }) => json)
    if (last === undefined || (page.length < limit && page.length === rows.length)) return { items }
    return { items, cursor: encodeCursor(query.index === undefined ? { sk: last.sk } : last) }
  }
}

/** One statement for each shape of a query, so that few are ever prepared. */
function toSql(query: Query, place: Place | undefined): { sql: string; values: string[] } {
  const column = query.index === undefined ? "sk" : "gsi1sk"
  const direction = query.order === "desc" ? "DESC" : "ASC"
  const terms: [sql: string, ...values: string[]][] = [["pk = ?", query.pk]]
  if (query.index !== undefined) terms.push(["gsi1pk = ? AND gsi1sk IS NOT NULL", query.index])
  // A place lies within the bounds, so it takes the place of the one that it is nearer than: SQLite seeks by one.
  if (place === undefined || direction === "DESC") terms.push(...lower(query, column))
  if (place === undefined || direction === "ASC") terms.push(...upper(query, column))
  if (place !== undefined) {
    const comparison = direction === "DESC" ? "<" : ">"
    if (place.gsi1sk === undefined) terms.push([`sk ${comparison} ?`, place.sk])
    else terms.push([`(gsi1sk, sk) ${comparison} (?, ?)`, place.gsi1sk, place.sk])
  }
  const sql =
    `SELECT json, sk, gsi1sk FROM item WHERE ${terms.map(([term]) => term).join(" AND ")} ` +
    `AND (expires IS NULL OR expires * 1000 > ?) ` +
    `ORDER BY ${query.index === undefined ? "" : `gsi1sk ${direction}, `}sk ${direction} LIMIT ?`
  return { sql, values: terms.flatMap(([, ...values]) => values) }
}

function lower({ prefix, between }: Query, column: string): [string, string][] {
  const from = prefix ?? between?.[0]
  return from === undefined ? [] : [[`${column} >= ?`, from]]
}

function upper({ prefix, between }: Query, column: string): [string, string][] {
  if (between !== undefined) return [[`${column} <= ?`, between[1]]]
  const end = prefix === undefined ? undefined : prefixEnd(prefix)
  return end === undefined ? [] : [[`${column} < ?`, end]]
}

function toFound(row: unknown): { json: string; sk: string; gsi1sk: string } {
  const [json, sk, gsi1sk] = Array.isArray(row) ? row.map(String) : []
  return { json: json ?? "", sk: sk ?? "", gsi1sk: gsi1sk ?? "" }
}
