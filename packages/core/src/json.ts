import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"
import type { Json } from "./protocol/part.ts"

/** JSON with sorted keys and without undefined, so that equal content gives equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

/** A hash of content, equal for equal JSON: SHA-256 as hex. */
export const hashOf = (value: unknown): string => bytesToHex(sha256(utf8ToBytes(canonicalJson(value))))

/** A record as the store takes it: JSON, without keys that hold undefined. */
export const toJson = (record: object): Record<string, Json> =>
  JSON.parse(JSON.stringify(record)) as Record<string, Json>
