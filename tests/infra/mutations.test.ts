import { beforeAll, expect, it } from "vitest"
import { allDeployed } from "./graph.ts"
import type { Graph } from "./graph.ts"
import { mistakes } from "./mutations.ts"
import { promised } from "./promised.ts"

let graphs: Graph[] = []
beforeAll(async () => {
  graphs = await allDeployed(
    mistakes.map(({ stage = "dev", variables, change }) => ({
      stage,
      changes: [change],
      ...(variables && { variables }),
    })),
  )
}, 300_000)

/** A promise that no mistake breaks holds nothing: each of these is made in a copy, and has to be noticed. */
it.each(mistakes.map((mistake, at) => ({ ...mistake, at })))("is noticed: $name", ({ at, noticed }) => {
  const promise = promised.find(({ name }) => name === noticed)
  if (promise === undefined) throw new Error(`nothing is promised as "${noticed}"`)
  const graph = graphs[at]
  if (graph === undefined) throw new Error("there is no graph of it")
  expect(graph.errors).toEqual([])
  expect(() => promise.check(graph)).toThrow(/./)
})
