import type { ModelContent, ModelMessage, ModelRequest, ModelTool } from "../../model/provider.ts"
import { type PlainMessage, isAsked, outputAsText, plainMessages } from "../content.ts"

type ToolCall = Extract<ModelContent, { type: "tool-call" }>
type ToolResult = Extract<ModelContent, { type: "tool-result" }>

/** A message as `/api/chat` takes it, where calls of tools and their results stay what they are. */
export type OllamaMessage = Omit<PlainMessage, "role"> & {
  role: PlainMessage["role"] | "tool"
  calls?: ToolCall[]
  /** Of whose call this is the result. */
  toolName?: string
}

/**
 * What the model may call. Ollama has no word for what must be called: of a named tool the others are left out, and
 * `required` is the model's own choice. A model that is known not to call tools gets none.
 */
export function boundTools(
  { tools = [], toolChoice }: ModelRequest,
  capabilities: readonly string[] | undefined,
): readonly ModelTool[] {
  if (toolChoice === "none" || capabilities?.includes("tools") === false) return []
  return typeof toolChoice === "object" ? tools.filter(({ name }) => name === toolChoice.name) : tools
}

/** The chat for a model that may call tools. Files are judged as `plainMessages` does. */
export function toolMessages(messages: ModelMessage[], sees: boolean, model: string): OllamaMessage[] {
  const asked = messages.findLastIndex(isAsked)
  const wired: OllamaMessage[] = []
  for (const [index, { role, content }] of messages.entries()) {
    for (const result of content) if (result.type === "tool-result") wired.push(resultMessage(result))
    const calls = content.filter((part) => part.type === "tool-call")
    const rest = content.filter(({ type }) => type !== "tool-call" && type !== "tool-result")
    const said = plainMessages([{ role, content: rest }, ...(index < asked ? [laterQuestion] : [])], sees, model)[0]
    if (said === undefined && calls.length === 0) continue
    const next: OllamaMessage = { ...(said ?? { role, text: "", images: [] }), ...(calls.length > 0 && { calls }) }
    const previous = wired.at(-1)
    if (previous?.role !== next.role || previous.calls !== undefined) wired.push(next)
    else {
      wired[wired.length - 1] = {
        ...next,
        text: [previous.text, next.text].filter(Boolean).join("\n\n"),
        images: [...previous.images, ...next.images],
      }
    }
  }
  return wired
}

/** Stands for what is asked after a message; it has nothing in it. */
const laterQuestion: ModelMessage = { role: "user", content: [] }

const resultMessage = ({ name, output, isError }: ToolResult): OllamaMessage => ({
  role: "tool",
  toolName: name,
  text: isError === true ? `The tool failed: ${outputAsText(output)}` : outputAsText(output),
  images: [],
})

/** A tool as the wire has it (https://docs.ollama.com/capabilities/tool-calling). */
export const wireTool = ({ name, description, inputSchema }: ModelTool): object => ({
  type: "function",
  function: { name, description, parameters: { type: "object", ...inputSchema } },
})

/** Ollama refuses arguments that are no object. */
export const wireCall = ({ name, input }: ToolCall): object => ({
  function: { name, arguments: typeof input === "object" && input !== null && !Array.isArray(input) ? input : {} },
})
