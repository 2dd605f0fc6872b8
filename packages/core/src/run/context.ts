import { readBody } from "../chat/body.ts"
import { readPath } from "../chat/path.ts"
import type { ModelContent, ModelMessage } from "../model/provider.ts"
import type { ChatId, MessageId } from "../protocol/id.ts"
import type { FilePart, Part, ToolPart } from "../protocol/part.ts"
import { fileIdOf, loadFile } from "../file/files.ts"
import type { RunPorts } from "./ports.ts"

/**
 * The path from the root to a message (null: from nowhere), and nothing of other branches (protocol A10); then the
 * question that is being asked below it, where it is not stored yet.
 */
export async function readContext(
  ports: RunPorts,
  chatId: ChatId,
  leafId: MessageId | null,
  question?: Part[],
): Promise<ModelMessage[]> {
  const path = leafId === null ? [] : await readPath(ports.table, chatId, leafId)
  const files = fileReader(ports)
  const messages: ModelMessage[] = []
  const add = async (role: ModelMessage["role"], parts: Part[]): Promise<void> => {
    messages.push(...(await messagesOf(files, role, parts)))
  }
  for (const message of path) await add(message.role, JSON.parse(await readBody(ports.blobs, message)) as Part[])
  if (question !== undefined) await add("user", question)
  return messages
}

/**
 * A stored message as a model reads it: one message, or, of an answer that has called tools, its steps and the tools'
 * results in turns. A call that came to no end has failed.
 */
export async function messagesOf(files: ReadFile, role: ModelMessage["role"], parts: Part[]): Promise<ModelMessage[]> {
  const messages: ModelMessage[] = []
  let content: ModelContent[] = []
  let results: ModelContent[] = []
  const endStep = (): void => {
    // A step that has only thought has said nothing a model could go on from.
    if (content.some((part) => part.type !== "reasoning")) messages.push({ role, content })
    if (results.length > 0) messages.push({ role: "user", content: results })
    content = []
    results = []
  }
  for (const part of parts) {
    if (results.length > 0 && part.type !== "dynamic-tool") endStep()
    if (part.type === "text" && part.text !== "") content.push({ type: "text", text: part.text })
    else if (part.type === "reasoning") {
      const { text, providerMetadata } = part
      content.push({ type: "reasoning", text, ...(providerMetadata === undefined ? {} : { providerMetadata }) })
    } else if (part.type === "file") content.push(await files(part))
    else if (part.type === "dynamic-tool" && part.state !== "input-streaming") {
      const { toolCallId: id, toolName: name, input } = part
      content.push({ type: "tool-call", id, name, input: input ?? {} })
      results.push({ type: "tool-result", id, name, ...outcomeOf(part) })
    }
  }
  endStep()
  return messages
}

function outcomeOf({ state, output, errorText }: ToolPart): { output: unknown; isError?: true } {
  switch (state) {
    case "output-available":
      return { output: output ?? null }
    case "output-error":
      return { output: errorText ?? "It failed.", isError: true }
    case "output-denied":
      return { output: "The person did not allow this call.", isError: true }
    default:
      return { output: "The answer was broken off before the tool was run.", isError: true }
  }
}

export type ReadFile = (part: FilePart) => Promise<ModelContent>

/** Reads each file once, however often the path names it. */
function fileReader(ports: RunPorts): ReadFile {
  const read = new Map<string, Promise<ModelContent>>()
  const load = async (part: FilePart): Promise<ModelContent> => {
    const { name, mediaType, bytes } = await loadFile(ports, fileIdOf(part.url))
    return { type: "file", mediaType, filename: name, bytes }
  }
  return (part) => {
    const known = read.get(part.url) ?? load(part)
    read.set(part.url, known)
    return known
  }
}
