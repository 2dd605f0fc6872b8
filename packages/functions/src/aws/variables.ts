/** What the variables of a function's environment say. They are set by the infrastructure, not by a person. */
export type Variables = Readonly<Record<string, string | undefined>>

/** Gives what a text means, or undefined when it is not `expected`. */
export type Kind<T> = { expected: string; parse(text: string): T | undefined }

export const text: Kind<string> = { expected: "a text", parse: (text) => text }

/** Reads variables; what it gives throws a TypeError naming the variable, its value and what would be right. */
export function reader(variables: Variables) {
  const optional = <T>(name: string, kind: Kind<T>): T | undefined => {
    const value = variables[name]?.trim()
    if (value === undefined || value === "") return undefined
    const parsed = kind.parse(value)
    if (parsed === undefined) {
      throw new TypeError(`The environment variable ${name} is ${JSON.stringify(value)}; expected ${kind.expected}.`)
    }
    return parsed
  }
  return {
    optional,
    required<T>(name: string, kind: Kind<T>): T {
      const value = optional(name, kind)
      if (value !== undefined) return value
      throw new TypeError(`The environment variable ${name} is not set; expected ${kind.expected}.`)
    },
  }
}
