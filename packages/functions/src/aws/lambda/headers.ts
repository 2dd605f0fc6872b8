import * as v from "valibot"

/** API Gateway passes the names of headers on as the client wrote them. */
export const headers = v.pipe(
  v.nullish(v.record(v.string(), v.string()), {}),
  v.transform((sent) => new Map(Object.entries(sent).map(([name, value]) => [name.toLowerCase(), value]))),
)
