import { OmniError } from "@omnichat/core/protocol/error"
import * as v from "valibot"

type Schema = v.GenericSchema<unknown, unknown>

/**
 * What somebody sent, checked against its schema.
 *
 * @throws OmniError `invalid` that names the wrong field, what stands there and what would be right
 */
export function parseForm<S extends Schema>(schema: S, input: unknown, what: string): v.InferOutput<S> {
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    throw new OmniError("invalid", `${what} must be a JSON object, and is ${kindOf(input)}.`)
  }
  const result = v.safeParse(schema, input)
  if (result.success) return result.output
  throw new OmniError("invalid", `${what}: ${cut(explain(result.issues[0]))}`)
}

/** The text as JSON. @throws OmniError `invalid` */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new OmniError("invalid", `${what} is not JSON.`) // the parser's own message quotes what was sent
  }
}

function explain(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue) ?? ""
  if (issue.expected === "never") return `there is no field "${path}".`
  if (issue.type === "strict_object" && issue.received === "undefined") return `"${path}" is missing.`
  if (issue.type === "variant") return `"${path}" must be ${oneOf(issue.expected)}, and is ${issue.received}.`
  return `"${path}": ${issue.message}.`
}

/** A wrong value may be a whole document: its beginning says enough, and an error must fit a frame. */
const cut = (text: string): string => (text.length <= 300 ? text : `${text.slice(0, 300)}…`)

const oneOf = (expected: string | null): string =>
  (expected ?? "something else").replace(/^\(|\)$/g, "").replaceAll(" | ", ", ")

const kindOf = (input: unknown): string =>
  Array.isArray(input) ? "a list" : input === null ? "null" : `a ${typeof input}`
