import * as v from "valibot"

/** What a text of JSON says, if it has this form; undefined when it is no JSON or another. */
export function readJson<S extends v.GenericSchema>(schema: S, text: string): v.InferOutput<S> | undefined {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return undefined // The caller says what was expected.
  }
  const parsed = v.safeParse(schema, json)
  return parsed.success ? parsed.output : undefined
}
