import { utf8Length } from "../bytes.ts"
import type { Json } from "../protocol/part.ts"
import type { Item, Key } from "./table.ts"

/** The limits of DynamoDB, kept by every adapter, so that what works on one machine works on AWS. In bytes of UTF-8. */
export const maxItemBytes = 400 * 1024
export const maxTransactionBytes = 4 * 1024 * 1024
export const maxTransactionOperations = 100
const maxPartitionKeyBytes = 2048
const maxSortKeyBytes = 1024
const maxDepth = 32

/** Throws TypeError when the key cannot be one. */
export function checkKey(key: Key): void {
  checkKeyText(key.pk, "pk", maxPartitionKeyBytes)
  checkKeyText(key.sk, "sk", maxSortKeyBytes)
}

/** Throws TypeError when the text cannot be (part of) a key. */
export function checkKeyText(text: unknown, name: string, maxBytes = maxSortKeyBytes): asserts text is string {
  if (typeof text !== "string" || text === "") throw new TypeError(`${name} must be a non-empty string`)
  if (isIllFormed(text) || text.includes("\0")) throw new TypeError(`${name} holds half a surrogate pair or NUL`)
  if (text.length * 3 > maxBytes && utf8Length(text) > maxBytes) {
    throw new TypeError(`${name} has over ${maxBytes} bytes: ${text.slice(0, 40)}…`)
  }
}

/** The keys of the index may be left out, but else they must be keys. */
export function checkIndexKey(name: string, value: unknown): void {
  if (name === "gsi1pk") checkKeyText(value, name, maxPartitionKeyBytes)
  if (name === "gsi1sk") checkKeyText(value, name, maxSortKeyBytes)
}

/** Throws TypeError when the item is not one, RangeError when it has over 400 KB. */
export function checkItem(item: Item): void {
  checkKey(item)
  for (const [name, value] of Object.entries(item)) {
    checkName(name, item.pk)
    checkIndexKey(name, value)
    checkJson(value, name)
  }
  checkItemSize(item)
}

/** Throws RangeError when the item has over 400 KB. */
export function checkItemSize(item: Item): void {
  if (sizeOf(item, boundOf) <= maxItemBytes) return
  const bytes = itemSize(item)
  if (bytes > maxItemBytes) {
    throw new RangeError(`the item ${item.pk} ${item.sk} has ${bytes} bytes; ${maxItemBytes} is the most`)
  }
}

/** As DynamoDB counts: names and values, 3 bytes a list or map and 1 for each of its entries. */
export function itemSize(item: Item): number {
  return sizeOf(item, utf8Length)
}

/** Throws TypeError on anything JSON would lose or change, and on what no adapter could hold. */
export function checkJson(value: unknown, path: string, depth = 1): void {
  if (value === null || typeof value === "boolean" || typeof value === "string") return
  if (typeof value === "number") return checkNumber(value, path)
  if (typeof value !== "object") throw new TypeError(`${path} is ${typeof value}, which is not JSON`)
  if (depth >= maxDepth) throw new TypeError(`${path} is nested over ${maxDepth} levels deep`)
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at++) checkJson(value[at], `${path}[${at}]`, depth + 1)
    return
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) throw new TypeError(`${path} is no plain object`)
  for (const [name, inner] of Object.entries(value)) {
    if (isIllFormed(name)) throw new TypeError(`an entry of ${path} is named with half a surrogate pair`)
    checkJson(inner, `${path}.${name}`, depth + 1)
  }
}

/** Throws TypeError when an attribute or a step of a path cannot have this name. */
export function checkName(name: string, path: string): void {
  if (name === "") throw new TypeError(`a name at ${path} is empty`)
  if (isIllFormed(name)) throw new TypeError(`a name at ${path} holds half a surrogate pair`)
}

function checkNumber(value: number, path: string): void {
  const safe = Number.isInteger(value) ? Number.isSafeInteger(value) : Math.abs(value) > 1e-130
  if (!Number.isFinite(value) || !safe) {
    throw new TypeError(`${path} is ${value}; numbers are finite, integers safe, and none is below 1e-130`)
  }
}

/** The text an item is kept as. Half a surrogate pair in a value, which UTF-8 cannot hold, becomes U+FFFD. */
export function encodeItem(item: Item): string {
  const text = JSON.stringify(item)
  return mayBeIllFormed(text) ? JSON.stringify(wellFormed(item)) : text
}

export function decodeItem(text: string): Item {
  return JSON.parse(text) as Item
}

/** The value with U+FFFD for each half of a surrogate pair; the value itself where there is none. */
export function wellFormed<T extends Json | undefined>(value: T): T {
  const text = JSON.stringify(value)
  if (text === undefined || !mayBeIllFormed(text)) return value
  return JSON.parse(text, (_name, inner: unknown) =>
    typeof inner === "string" ? inner.replace(/\p{Surrogate}/gu, "\ufffd") : inner,
  ) as T
}

/** JSON.stringify writes half a pair as an escape, and a pair as it is. */
const mayBeIllFormed = (json: string): boolean => json.includes("\\ud")

const isIllFormed = (text: string): boolean => /\p{Surrogate}/u.test(text)

const boundOf = (text: string): number => text.length * 3

function sizeOf(item: Item, length: (text: string) => number): number {
  let bytes = 0
  for (const [name, value] of Object.entries(item)) bytes += length(name) + valueSize(value, length)
  return bytes
}

function valueSize(value: Json, length: (text: string) => number): number {
  if (typeof value === "string") return length(value)
  if (typeof value === "number") return Math.ceil(digits(value) / 2) + 1
  if (value === null || typeof value === "boolean") return 1
  let bytes = 3
  if (Array.isArray(value)) for (const inner of value) bytes += 1 + valueSize(inner, length)
  else for (const [name, inner] of Object.entries(value)) bytes += 1 + length(name) + valueSize(inner, length)
  return bytes
}

const digits = (value: number): number => String(value).replace(/e.*$|[-.]/g, "").length
