import { readBody } from "../chat/body.ts"
import { readPath } from "../chat/path.ts"
import type { MessageRecord } from "../chat/record.ts"
import type { ModelContent, ModelMessage } from "../model/provider.ts"
import type { FilePart, Part } from "../protocol/part.ts"
import { fileIdOf, loadFile } from "../file/files.ts"
import type { RunPorts } from "./ports.ts"
import type { RunRecord, RunRequest } from "./record.ts"

/** The path from the root to the message answered, and nothing of other branches (protocol A10). */
export async function readContext(ports: RunPorts, record: RunRecord, request: RunRequest): Promise<ModelMessage[]> {
  const path = await readPath(ports.table, record.chatId, request.answerTo)
  const files = fileReader(ports)
  const messages: ModelMessage[] = []
  for (const message of path) {
    const content = await contentOf(ports, files, message)
    if (content.length > 0) messages.push({ role: message.role, content })
  }
  return messages
}

async function contentOf(ports: RunPorts, files: ReadFile, message: MessageRecord): Promise<ModelContent[]> {
  const content: ModelContent[] = []
  for (const part of JSON.parse(await readBody(ports.blobs, message)) as Part[]) {
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
