import { OmniError } from "@omnichat/core/protocol/error"
import type { Context } from "hono"
import * as v from "valibot"

/** The id in the path. @throws OmniError `not_found` for a malformed one: there can be nothing under it (protocol A4) */
export function pathId<T>(c: Context, schema: v.GenericSchema<unknown, T>, noun: string): T {
  const result = v.safeParse(schema, c.req.param("id"))
  if (result.success) return result.output
  throw new OmniError("not_found", `There is no ${noun} of this id: it is no well-formed id.`)
}

/** A whole number in the query. @throws OmniError `invalid` outside its range */
export function queryNumber(c: Context, name: string, range: { least: number; most: number; default: number }): number {
  return wholeNumber(c.req.query(name), name, range)
}

/** A whole number that came as text. @throws OmniError `invalid` outside its range */
export function wholeNumber(
  text: string | undefined,
  name: string,
  range: { least: number; most: number; default: number },
): number {
  if (text === undefined) return range.default
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (value >= range.least && value <= range.most) return value
  const most = range.most === Number.MAX_SAFE_INTEGER ? "" : ` and at most ${range.most}`
  throw new OmniError("invalid", `${name} must be a whole number, at least ${range.least}${most}.`)
}

/** `cursor` and `limit` of a list. */
export function paging(c: Context, mostItems: number): { cursor?: string; limit: number } {
  const cursor = c.req.query("cursor")
  const limit = queryNumber(c, "limit", { least: 1, most: mostItems, default: Math.min(50, mostItems) })
  return cursor === undefined ? { limit } : { cursor, limit }
}
