import { readBody } from "../chat/body.ts"
import { readPath } from "../chat/path.ts"
import type { ModelContent, ModelMessage } from "../model/provider.ts"
import type { ChatId, MessageId } from "../protocol/id.ts"
import type { FilePart, Part } from "../protocol/part.ts"
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
    const content = await contentOf(files, parts)
    if (content.length > 0) messages.push({ role, content })
  }
  for (const message of path) await add(message.role, JSON.parse(await readBody(ports.blobs, message)) as Part[])
  if (question !== undefined) await add("user", question)
  return messages
}

async function contentOf(files: ReadFile, parts: Part[]): Promise<ModelContent[]> {
  const content: ModelContent[] = []
  for (const part of parts) {
    if (part.type === "text" && part.text !== "") content.push({ type: "text", text: part.text })
    else if (part.type === "reasoning") {
      const { text, providerMetadata } = part
      content.push({ type: "reasoning", text, ...(providerMetadata === undefined ? {} : { providerMetadata }) })
    } else if (part.type === "file") content.push(await files(part))
  }
  // An answer that has only thought has said nothing a model could go on from.
  return content.some((part) => part.type !== "reasoning") ? content : []
}

type ReadFile = (part: FilePart) => Promise<ModelContent>

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
