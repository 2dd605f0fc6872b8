import type { Json } from "../protocol/part.ts"
import { checkIndexKey, checkItemSize, checkJson, checkName, wellFormed } from "./item.ts"
import { compareKeys } from "./order.ts"
import type { Change, Condition, Item, Key, Scalar, Test } from "./table.ts"

/** What conditions and changes mean, for the adapters that work on items themselves. DynamoDB's meaning is the measure. */

/** Whether all conditions hold for the item, or for its absence. */
export function holds(item: Item | undefined, conditions: readonly Condition[] = []): boolean {
  return conditions.every((condition) =>
    "any" in condition ? condition.any.some((test) => testHolds(item, test)) : testHolds(item, condition),
  )
}

/**
 * The item after the change; `item` itself is left as it is. Throws TypeError when a path leads below a map that is not
 * there, or `add` meets something else than a number, and RangeError when the result has over 400 KB.
 */
export function applyChange(item: Item | undefined, key: Key, change: Change): Item {
  const before: Item = item ?? { pk: key.pk, sk: key.sk }
  let after = before
  for (const [path, value] of Object.entries(change.set ?? {})) after = write(after, path, wellFormed(value))
  for (const [path, value] of Object.entries(change.setIfAbsent ?? {})) {
    if (read(before, path) === undefined) after = write(after, path, wellFormed(value))
  }
  for (const [path, value] of Object.entries(change.add ?? {})) after = write(after, path, sum(before, path, value))
  for (const path of change.remove ?? []) after = write(after, path, undefined)
  checkItemSize(after)
  return after
}

/** `expiresAt` is epoch seconds, `now` milliseconds. */
export function isExpired(item: Item, now: number): boolean {
  return typeof item.expiresAt === "number" && item.expiresAt * 1000 <= now
}

/** Throws TypeError when a condition could hold nowhere by its form. */
export function checkConditions(conditions: readonly Condition[] = []): void {
  for (const condition of conditions) {
    for (const test of "any" in condition ? condition.any : [condition]) {
      checkPath(pathOf(test))
      for (const value of valuesOf(test)) checkJson(value, pathOf(test))
    }
  }
}

/** Throws TypeError when the change is none, touches a key or a path twice, or holds what an item cannot. */
export function checkChange(change: Change): void {
  if (pathsOf(change).length === 0) throw new TypeError("a change must change something")
  const values = { ...change.set, ...change.setIfAbsent }
  for (const [path, value] of Object.entries(values)) {
    checkJson(value, path, segments(path).length)
    checkIndexKey(path, value)
  }
  for (const [path, value] of Object.entries(change.add ?? {})) {
    if (!Number.isSafeInteger(value)) throw new TypeError(`${path}: only safe integers are added, not ${value}`)
    if (path === "gsi1pk" || path === "gsi1sk") throw new TypeError(`${path} is a string`)
  }
  checkPaths(pathsOf(change))
}

/**
 * Throws TypeError for an update that only removes, unless its conditions fail for an absent item: DynamoDB does not make
 * such an item, its stand-ins do, and nobody should need to know.
 */
export function checkRemoval(change: Change, conditions: readonly Condition[] = []): void {
  const isRemovalOnly = (change.remove ?? []).length === pathsOf(change).length
  if (!isRemovalOnly || !holds(undefined, conditions)) return
  throw new TypeError("an update that only removes needs a condition that fails for an absent item")
}

/** All paths of a change. */
export function pathsOf(change: Change): string[] {
  const written = [change.set, change.setIfAbsent, change.add].flatMap((values) => Object.keys(values ?? {}))
  return [...written, ...(change.remove ?? [])]
}

/** The names a path goes through. */
export const segments = (path: string): string[] => path.split(".")

function checkPath(path: string): void {
  for (const name of segments(path)) checkName(name, path)
}

function checkPaths(paths: string[]): void {
  paths.forEach(checkPath)
  const sorted = paths.map((path) => `${path}.`).sort()
  for (const [at, path] of sorted.entries()) {
    if (path.startsWith("pk.") || path.startsWith("sk.")) throw new TypeError("a change cannot touch the key")
    if (at > 0 && path.startsWith(sorted[at - 1] ?? "\0")) {
      throw new TypeError(`two paths of a change overlap: ${sorted[at - 1]} ${path}`)
    }
  }
}

function testHolds(item: Item | undefined, test: Test): boolean {
  if ("absent" in test) return read(item, test.absent) === undefined
  if ("exists" in test) return read(item, test.exists) !== undefined
  if ("equals" in test) return read(item, test.equals[0]) === test.equals[1]
  if ("oneOf" in test) return isOneOf(read(item, test.oneOf[0]), test.oneOf[1])
  return isBelow(read(item, test.below[0]), test.below[1])
}

function isOneOf(value: Json | undefined, values: Scalar[]): boolean {
  return values.some((allowed) => allowed === value)
}

function isBelow(value: Json | undefined, limit: string | number): boolean {
  if (typeof value === "number" && typeof limit === "number") return value < limit
  return typeof value === "string" && typeof limit === "string" && compareKeys(value, limit) < 0
}

export function pathOf(test: Test): string {
  if ("absent" in test) return test.absent
  if ("exists" in test) return test.exists
  if ("equals" in test) return test.equals[0]
  return "oneOf" in test ? test.oneOf[0] : test.below[0]
}

function valuesOf(test: Test): Scalar[] {
  if ("equals" in test) return [test.equals[1]]
  if ("oneOf" in test) return test.oneOf[1]
  return "below" in test ? [test.below[1]] : []
}

type JsonMap = { [name: string]: Json }

const isMap = (value: Json | undefined): value is JsonMap =>
  typeof value === "object" && value !== null && !Array.isArray(value)

function read(item: Item | undefined, path: string): Json | undefined {
  let value: Json | undefined = item
  for (const name of segments(path)) {
    if (!isMap(value) || !Object.hasOwn(value, name)) return undefined
    value = value[name]
  }
  return value
}

/** A copy with the value at the path, or without it when the value is undefined. */
function write(item: Item, path: string, value: Json | undefined): Item {
  return { ...writeInto(item, segments(path), path, value), pk: item.pk, sk: item.sk }
}

function writeInto(map: Json | undefined, names: string[], path: string, value: Json | undefined): JsonMap {
  if (!isMap(map)) throw new TypeError(`there is no map to write ${path} into`)
  const [name = "", ...inner] = names
  if (inner.length > 0) {
    const below = Object.hasOwn(map, name) ? map[name] : undefined
    return { ...map, [name]: writeInto(below, inner, path, value) }
  }
  if (value !== undefined) return { ...map, [name]: value }
  const { [name]: _removed, ...rest } = map
  return rest
}

function sum(item: Item, path: string, value: number): number {
  const found = read(item, path)
  const before = found === undefined ? 0 : found
  if (typeof before !== "number") throw new TypeError(`${path} holds no number to add to`)
  const after = before + value
  if (Number.isInteger(after) && !Number.isSafeInteger(after)) throw new RangeError(`${path} would be no safe integer`)
  return after
}
