import { beforeAll, describe, expect, it } from "vitest"
import { promised } from "./promised.ts"
import { type Graph, deployed } from "./graph.ts"

/** What SST would make of sst.config.ts and infra/, under Pulumi's mocks. */
describe.each(["dev", "production"])("the stage %s", (stage) => {
  let graph: Graph

  beforeAll(async () => {
    graph = await deployed(stage)
  }, 300_000)

  it("can be deployed as far as that can be known without AWS", () => {
    expect(graph.errors).toEqual([])
    expect(graph.resources.length).toBeGreaterThan(100)
  })

  it.each(promised)("$name", ({ check }) => check(graph))

  it("is the same each time", async () => {
    const inOrder = ({ resources }: Graph) => resources.map((each) => JSON.stringify(each)).sort()
    expect(inOrder(await deployed(stage))).toEqual(inOrder(graph))
  })
})
