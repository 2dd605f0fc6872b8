import * as v from "valibot"

/** A list is an object to JavaScript; before a schema whose keys are all optional it has to be refused by name. */
const record = v.custom<Record<string, unknown>>(
  (input) => typeof input === "object" && input !== null && !Array.isArray(input),
  "expected an object",
)

/** An object with no other keys than these, and no list. */
export const strictRecord = <E extends v.ObjectEntries>(entries: E) => v.pipe(record, v.strictObject(entries))
