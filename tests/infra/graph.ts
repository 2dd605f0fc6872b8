import { graphOf, graphsOf } from "../../scripts/infra/graph.mjs"
import type { Graph, Options, Resource } from "../../scripts/infra/graph.mjs"
import { installPlatform } from "../../scripts/infra/platform.mjs"
import { workspaceRoot } from "../../scripts/lib/files.mjs"

export type { Graph, Resource }

/** Something that holds in every stage: `check` throws where it does not. */
export type Promised = { name: string; check: (graph: Graph) => void }

/** What would exist on AWS. The first call of all installs SST's platform, which takes most of a minute. */
export async function deployed(stage: string, options: Options = {}): Promise<Graph> {
  await installPlatform(workspaceRoot)
  return graphOf(workspaceRoot, stage, options)
}

/** Several of them, in less time than one after the other. */
export async function allDeployed(wanted: (Options & { stage: string })[]): Promise<Graph[]> {
  await installPlatform(workspaceRoot)
  return graphsOf(workspaceRoot, wanted)
}

/** Everything of a type: `dynamodb/table` for `aws:dynamodb/table:Table`. */
export function everyOf(graph: Graph, type: string): Resource[] {
  return graph.resources.filter((each) => each.type.startsWith(`aws:${type}:`))
}

/** What is there once; by the beginning of its name where there are more of its type. */
export function oneOf(graph: Graph, type: string, name = ""): Resource {
  const found = everyOf(graph, type).filter((each) => each.name.startsWith(name))
  if (found[0] === undefined || found.length > 1) {
    throw new Error(`there are ${found.length} of ${type} ${name}, not one`)
  }
  return found[0]
}

export const isProduction = (graph: Graph): boolean => graph.stage === "production"

/** The functions by their short names. */
export function functionsOf(graph: Graph): Map<string, Resource> {
  const prefix = `omnichat-${graph.stage}-`
  const named = everyOf(graph, "lambda/function").map((each) => [String(each.inputs["name"]), each] as const)
  return new Map(named.map(([name, each]) => [name.replace(prefix, ""), each]))
}

/** A policy's statement as infra/ wrote it. */
export type Statement = {
  effect?: string
  actions: string[]
  resources?: string[]
  principals?: { type: string; identifiers: string[] }[]
  conditions?: { test: string; variable: string; values: string[] }[]
}
export const statementsIn = (policy: unknown): Statement[] =>
  (JSON.parse(String(policy)) as { Statement: Statement[] }).Statement

/** What a function is told. */
export const variablesOf = ({ inputs }: Resource): Record<string, string> =>
  (inputs["environment"] as { variables: Record<string, string> }).variables
