import type { ModelRequest, ModelTool } from "../../model/provider.ts"
import type { Json } from "../../protocol/part.ts"
import type { BedrockFacts } from "./model.ts"
import type { ConverseTool, ConverseToolChoice } from "./wire.ts"

/**
 * Bedrock takes names of up to 64 letters, digits, `_` and `-`, and tools have others. What is told to the model is
 * turned back when it calls.
 */
export class ToolNames {
  readonly #ours = new Map<string, string>()
  readonly #theirs = new Map<string, string>()

  constructor(tools: readonly ModelTool[]) {
    for (const { name } of tools) this.theirs(name)
  }

  theirs(ours: string): string {
    const known = this.#theirs.get(ours)
    if (known !== undefined) return known
    const plain = plainName(ours)
    let name = plain
    for (let count = 2; this.#ours.has(name); count++) name = `${plain.slice(0, 60)}_${count}`
    this.#theirs.set(ours, name)
    this.#ours.set(name, ours)
    return name
  }

  ours(theirs: string): string {
    return this.#ours.get(theirs) ?? theirs
  }
}

/** The id of a call as Bedrock takes it; the same id gives the same. */
export const plainName = (name: string): string => name.replace(/[^a-zA-Z0-9_-]/g, "_").slice(0, 64) || "_"

/** Whether the model shall be able to call: what is asked for, as far as it can. */
export function boundTools({ tools = [], toolChoice }: ModelRequest, facts: BedrockFacts): readonly ModelTool[] {
  return toolChoice === "none" || facts.tools === "none" ? [] : tools
}

/** A blank description is refused, a missing one is not. */
export function toolSpecs(tools: readonly ModelTool[], names: ToolNames): ConverseTool[] {
  return tools.map(({ name, description, inputSchema }) => ({
    toolSpec: {
      name: names.theirs(name),
      ...(description.trim() === "" ? {} : { description }),
      inputSchema: { json: { type: "object", ...objectOf(inputSchema) } },
    },
  }))
}

/** Undefined for the model's own choice, which is the default. */
export function choiceOf(choice: ModelRequest["toolChoice"], names: ToolNames): ConverseToolChoice | undefined {
  if (choice === "required") return { any: {} }
  return typeof choice === "object" ? { tool: { name: names.theirs(choice.name) } } : undefined
}

/** Bedrock wants an object, and models and clients give null, nothing, or a text with JSON in it. */
export function objectOf(input: unknown): { [key: string]: Json } {
  const value = typeof input === "string" ? parsed(input) : input
  if (value === undefined || value === null || value === "") return {}
  const plain = JSON.parse(JSON.stringify(value) ?? "null") as Json
  if (plain === null) return {}
  return typeof plain === "object" && !Array.isArray(plain) ? plain : { value: plain }
}

/** What a model has written as the input of a call: JSON if it is that, else the text itself. */
export function writtenInput(text: string): unknown {
  return text.trim() === "" ? {} : parsed(text)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text // A model that wrote no JSON is told so by its tool.
  }
}
