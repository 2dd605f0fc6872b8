/**
 * Small guards for what comes over the wire, hand-written because the schemas of core/protocol weigh more than the
 * rest of the client. They look at the fields that are used and let others pass.
 */
export type Guard<T> = (value: unknown) => value is T

type Fields = Record<string, Guard<unknown>>
type Guarded<G> = G extends Guard<infer T> ? T : never
type Required<F extends Fields> = { [K in keyof F]: Guarded<F[K]> }
type Optional<F extends Fields> = { [K in keyof F]?: Guarded<F[K]> }

export const text: Guard<string> = (value) => typeof value === "string"
export const flag: Guard<boolean> = (value) => typeof value === "boolean"
export const amount: Guard<number> = (value): value is number => Number.isFinite(value)
/** A whole number, 0 or more, that JavaScript can count with. */
export const count: Guard<number> = (value): value is number => Number.isSafeInteger(value) && (value as number) >= 0
export const anything: Guard<unknown> = (value): value is unknown => value !== undefined

export function only<const T extends string | boolean>(...allowed: T[]): Guard<T> {
  return (value): value is T => (allowed as unknown[]).includes(value)
}

/** An id by its prefix; the server made it, so its 26 characters are not looked at. */
export function idOf<P extends string>(prefix: P): Guard<`${P}_${string}`> {
  return (value): value is `${P}_${string}` => typeof value === "string" && value.startsWith(`${prefix}_`)
}

export function nullable<T>(guard: Guard<T>): Guard<T | null> {
  return (value): value is T | null => value === null || guard(value)
}

export function list<T>(item: Guard<T>): Guard<T[]> {
  return (value): value is T[] => Array.isArray(value) && value.every((entry) => item(entry))
}

export function record<T>(item: Guard<T>): Guard<Record<string, T>> {
  return (value): value is Record<string, T> => isObject(value) && Object.values(value).every((entry) => item(entry))
}

export function either<A, B>(first: Guard<A>, second: Guard<B>): Guard<A | B> {
  return (value): value is A | B => first(value) || second(value)
}

/** An object with all of `required` and, where they are present, the `optional` fields. */
export function object<R extends Fields, O extends Fields>(
  required: R,
  optional?: O,
): Guard<Required<R> & Optional<O>> {
  const must = Object.entries(required)
  const may = Object.entries(optional ?? {})
  return (value): value is Required<R> & Optional<O> =>
    isObject(value) &&
    must.every(([key, guard]) => guard(value[key])) &&
    may.every(([key, guard]) => !Object.hasOwn(value, key) || guard(value[key]))
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
