/** The variables of a stage, trimmed; one that is empty is not set. */
export type Read = (name: string) => string | undefined

/** @throws with what is allowed */
export function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === value)
  if (found === undefined) throw new Error(`${name} is "${value}": it can be ${allowed.join(" or ")}`)
  return found
}

/** @throws with what is allowed */
export function wholeNumber(name: string, value: string, { least, most }: { least: number; most: number }): number {
  const number = Number(value)
  if (/^\d+$/.test(value) && number >= least && number <= most) return number
  throw new Error(`${name} is "${value}": it is a whole number from ${least} to ${most}`)
}

export function optional<Name extends string, T>(name: Name, value: T | undefined): { [key in Name]?: T } {
  return value === undefined ? {} : ({ [name]: value } as { [key in Name]?: T })
}
