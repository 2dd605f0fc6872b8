import { readFileSync } from "node:fs"
import { join } from "node:path"
import { beforeAll, describe, expect, it } from "vitest"
import { workspaceRoot } from "../../scripts/lib/files.mjs"
import { allDeployed } from "./graph.ts"
import type { Graph } from "./graph.ts"
import { poolMistakes } from "./pool-mistakes.ts"
import { poolInFull, poolOn } from "./pool-stage.ts"
import { pool } from "./pool.ts"
import { promised } from "./promised.ts"

const everything = [...promised, ...pool]
const stages = [
  { stage: "dev", variables: poolOn },
  { stage: "production", variables: poolInFull },
  // Its zones have no such server.
  { stage: "dev", variables: { ...poolOn, OMNICHAT_POOL: "g4dn.2xlarge", OMNICHAT_POOL_MODELS: "qwen3:8b=5.2" } },
]
let graphs: Graph[] = []
beforeAll(async () => {
  const mistaken = poolMistakes.map(({ stage = "dev", change }) => ({ stage, variables: poolOn, changes: [change] }))
  graphs = await allDeployed([...stages, ...mistaken])
}, 300_000)

function graphAt(at: number): Graph {
  const graph = graphs[at]
  if (graph === undefined) throw new Error("there is no graph of it")
  return graph
}

describe.each(stages.slice(0, 2).map(({ stage }, at) => ({ stage, at })))("the stage $stage with a pool", ({ at }) => {
  it("can be deployed as far as that can be known without AWS", () => expect(graphAt(at).errors).toEqual([]))

  it.each(everything)("$name", ({ check }) => check(graphAt(at)))
})

it("a start that failed is logged as the stage counts it", () => {
  const source = readFileSync(join(workspaceRoot, "packages/core/src/pool/scale.ts"), "utf8")
  expect(source).toContain('log.error("servers-not-started", {')
})

it("a region without such servers stops the deployment and says what to do", () => {
  expect(graphAt(2).errors).toEqual([
    expect.stringContaining('OMNICHAT_POOL is "g4dn.2xlarge", which us-east-1 does not have. Choose another'),
  ])
})

it.each(poolMistakes.map((mistake, at) => ({ ...mistake, at })))("is noticed: $name", ({ at, noticed }) => {
  const promise = everything.find(({ name }) => name === noticed)
  if (promise === undefined) throw new Error(`nothing is promised as "${noticed}"`)
  const graph = graphAt(stages.length + at)
  expect(graph.errors).toEqual([])
  expect(() => promise.check(graph)).toThrow(/./)
})
