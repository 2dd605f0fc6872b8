import { readEnvironment } from "@omnichat/functions/aws/environment"
import { beforeAll, describe, expect, it } from "vitest"
import { allDeployed, functionsOf, variablesOf } from "./graph.ts"
import type { Graph } from "./graph.ts"
import { aliases, someModels } from "./model-stage.ts"
import { poolInFull } from "./pool-stage.ts"
import { promised } from "./promised.ts"

const few = { OMNICHAT_BEDROCK_MODELS: someModels, OMNICHAT_ALIASES: JSON.stringify(aliases, undefined, 2) }
const none = { OMNICHAT_BEDROCK_MODELS: "none" }
/** All that can be said, as long as it may be. */
const longest = {
  ...poolInFull,
  OMNICHAT_BEDROCK_MODELS: ["amazon.nova-lite-v1:0", ...longIds(19)].join(),
  OMNICHAT_ALIASES: JSON.stringify([{ id: "smart", targets: ["a/b"], name: "S".repeat(100) }, ...longAliases(10)]),
  OMNICHAT_OPENAI_URL: "https://models.example.com/v1",
  SST_SECRET_OpenAiKey: `sk-${"1".repeat(180)}`,
}
let graphs: Record<"few" | "none" | "longest", Graph>
beforeAll(async () => {
  const [first, second, third] = await allDeployed(
    [few, none, longest].map((variables) => ({ stage: "dev", variables })),
  )
  if (first === undefined || second === undefined || third === undefined) throw new Error("a graph is missing")
  graphs = { few: first, none: second, longest: third }
}, 300_000)

describe.each(["few", "none"] as const)("a stage that offers %s of Bedrock's models", (name) => {
  it("can be deployed as far as that can be known without AWS", () => expect(graphs[name].errors).toEqual([]))

  it.each(promised)("$name", ({ check }) => check(graphs[name]))
})

it("the functions are told which models are offered, and which names stand for several", () => {
  const told = (graph: Graph) => {
    const worker = functionsOf(graph).get("worker")
    return worker && readEnvironment({ ...variablesOf(worker), AWS_REGION: "us-east-1" })
  }
  expect(told(graphs.few)).toMatchObject({ bedrock: { live: true, allow: someModels.split(",") }, aliases })
  expect(told(graphs.none)).toMatchObject({ bedrock: { models: [] }, aliases: [] })
})

it("what may be said has room in what AWS lets a function be told, and in its role", () => {
  expect(graphs.longest.errors).toEqual([])
  for (const [name, made] of functionsOf(graphs.longest)) {
    const variables = Object.entries(variablesOf(made)).filter(([variable]) => !variable.startsWith("SST_"))
    const bytes = variables.reduce((sum, [variable, value]) => sum + Buffer.byteLength(variable + value), 0)
    expect([name, bytes < 4000 || bytes], "AWS allows 4 KB").toEqual([name, true])
  }
  const roles = graphs.longest.resources.filter(({ type }) => type.startsWith("aws:iam/role:"))
  for (const { name, inputs } of roles) {
    const policies = (inputs["inlinePolicies"] ?? []) as { policy: string }[]
    const characters = policies.reduce((sum, { policy }) => sum + policy.replaceAll(/\s/g, "").length, 0)
    expect([name, characters < 10_000 || characters], "AWS allows 10,240 characters").toEqual([name, true])
  }
})

function longIds(many: number): string[] {
  return Array.from({ length: many }, (_, at) => `us.anthropic.claude-sonnet-4-5-20250929-v${at}:0`)
}

function longAliases(many: number): object[] {
  const targets = ["bedrock/us.anthropic.claude-opus-4-5-20251101-v1:0"]
  return Array.from({ length: many }, (_, at) => ({ id: `alias-${at}-${"x".repeat(20)}`, targets }))
}
