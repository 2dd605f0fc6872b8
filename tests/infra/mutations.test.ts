import { expect, it } from "vitest"
import { deployed } from "./graph.ts"
import { mistakes } from "./mutations.ts"
import { promised } from "./promised.ts"

/** A promise that no mistake breaks holds nothing: each of these is made in a copy, and has to be noticed. */
it.each(mistakes)(
  "is noticed: $name",
  async ({ stage = "dev", change, noticed }) => {
    const promise = promised.find(({ name }) => name === noticed)
    if (promise === undefined) throw new Error(`nothing is promised as "${noticed}"`)
    const graph = await deployed(stage, { changes: [change] })
    expect(graph.errors).toEqual([])
    expect(() => promise.check(graph)).toThrow(/./)
  },
  300_000,
)
