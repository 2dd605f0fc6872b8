import { incrementBase32, ulid } from "ulid"
import * as v from "valibot"

/**
 * Ids are a three-letter prefix and a ULID: 26 characters of Crockford base 32, time first, so that they sort by age
 * (protocol A4). They are made here and nowhere else.
 */
export type IdPrefix = "run" | "cht" | "msg" | "fil"
export type RunId = `run_${string}`
export type ChatId = `cht_${string}`
export type MessageId = `msg_${string}`
export type FileId = `fil_${string}`

const pattern = "[0-9A-HJKMNP-TV-Z]{26}"

const idSchema = <P extends IdPrefix>(prefix: P) =>
  v.custom<`${P}_${string}`>(
    (input) => typeof input === "string" && new RegExp(`^${prefix}_${pattern}$`).test(input),
    `expected ${prefix}_ and 26 characters of Crockford base 32 (a ULID)`,
  )

export const runId = idSchema("run")
export const chatId = idSchema("cht")
export const messageId = idSchema("msg")
export const fileId = idSchema("fil")

/** A fresh id; `now` is epoch milliseconds. */
export function newId<P extends IdPrefix>(prefix: P, now: number): `${P}_${string}` {
  return `${prefix}_${ulid(now, chance)}`
}

/** Random bytes are fetched by the page: asking for each of an id's sixteen by itself takes ten times as long. */
const page = new Uint8Array(1024)
let used = page.length

/** A random number from 0 up to 1, of 256 that are equally likely: more than a character of an id needs. */
function chance(): number {
  if (used === page.length) {
    crypto.getRandomValues(page)
    used = 0
  }
  return (page[used++] ?? 0) / 256
}

/**
 * A fresh id that sorts after `earlier`, also when the clock of whoever made that one runs ahead. Undefined only for
 * the very last id there is.
 */
export function newIdAfter<P extends IdPrefix>(
  prefix: P,
  now: number,
  earlier: `${P}_${string}`,
): `${P}_${string}` | undefined {
  const fresh = newId(prefix, now)
  if (fresh > earlier) return fresh
  const last = earlier.slice(prefix.length + 1)
  const time = last.slice(0, 10)
  // The next millisecond, with chance behind it: several may come after the same id.
  if (!/^Z+$/.test(time)) return `${prefix}_${incrementBase32(time)}${fresh.slice(-16)}`
  return /^Z+$/.test(last) ? undefined : `${prefix}_${incrementBase32(last)}`
}
