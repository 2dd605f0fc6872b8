import fc from "fast-check"

/** Text as models write it: any characters, surrogate pairs kept whole. */
export const words = fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 })

/** Block and call ids, those included that are names of every object's prototype. */
const id = fc.oneof(fc.stringMatching(/^[a-z0-9-]{1,8}$/), fc.constantFrom("__proto__", "constructor", "toString"))

/** One wish of the generator; the builder turns it into events that are allowed at that place. */
export const move = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("say" as const), id, delta: words, reasoning: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("end-block" as const), pick: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("step" as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("tool" as const),
      name: fc.constantFrom("search", "read_file"),
      id,
      streamed: fc.array(words, { maxLength: 3 }),
      input: fc.jsonValue({ maxDepth: 2 }),
      begun: fc.boolean(),
      available: fc.constantFrom("available", "error", "open"),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("tool-result" as const),
      pick: fc.nat(),
      result: fc.constantFrom("approval", "available", "error", "denied"),
      output: fc.jsonValue({ maxDepth: 2 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("source-url" as const), title: fc.option(words) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("source-document" as const), filename: fc.option(words) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("file" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("queue" as const),
      reason: fc.constantFrom("position", "loading", "starting"),
      position: fc.option(fc.nat({ max: 99 })),
      progress: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      etaMs: fc.option(fc.nat()),
    }),
  },
)
export type Move = typeof move extends fc.Arbitrary<infer M> ? M : never
