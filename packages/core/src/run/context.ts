import { readBody } from "../chat/body.ts"
import { readPath } from "../chat/path.ts"
import type { MessageRecord } from "../chat/record.ts"
import { readMessage } from "../chat/store.ts"
import type { ModelContent, ModelMessage } from "../model/provider.ts"
import type { FilePart, Part } from "../protocol/part.ts"
import { getFile } from "../file/files.ts"
import { fileUrl, isFileId } from "../protocol/id.ts"
import type { RunPorts } from "./ports.ts"
import type { RunRecord, RunRequest } from "./record.ts"

/** What the model is to see, and the text a continued answer begins with. */
export type Context = { messages: ModelMessage[]; goOnFrom: string | undefined }

/** The path from the root to the message answered, and nothing of other branches (protocol A10). */
export async function readContext(ports: RunPorts, record: RunRecord, request: RunRequest): Promise<Context> {
  const path = await readPath(ports.table, record.chatId, request.answerTo)
  const messages: ModelMessage[] = []
  for (const message of path) {
    const content = await contentOf(ports, record.userId, message)
    if (content.length > 0) messages.push({ role: message.role, content })
  }
  if (request.continues === undefined) return { messages, goOnFrom: undefined }
  const unfinished = await readMessage(ports.table, record.chatId, request.continues)
  const goOnFrom = unfinished === undefined ? "" : textOf(await partsOf(ports, unfinished))
  if (goOnFrom !== "") messages.push({ role: "assistant", content: [{ type: "text", text: goOnFrom }] })
  return { messages, goOnFrom }
}

async function contentOf(ports: RunPorts, userId: string, message: MessageRecord): Promise<ModelContent[]> {
  const content: ModelContent[] = []
  for (const part of await partsOf(ports, message)) {
    if (part.type === "text" && part.text !== "") content.push({ type: "text", text: part.text })
    else if (part.type === "reasoning") {
      const { text, providerMetadata } = part
      content.push({ type: "reasoning", text, ...(providerMetadata === undefined ? {} : { providerMetadata }) })
    } else if (part.type === "file") content.push(await fileContent(ports, userId, part))
  }
  // An answer that has only thought has said nothing a model could go on from.
  return content.some((part) => part.type !== "reasoning") ? content : []
}

async function partsOf(ports: RunPorts, message: MessageRecord): Promise<Part[]> {
  return JSON.parse(await readBody(ports.blobs, message)) as Part[]
}

const textOf = (parts: Part[]): string => parts.map((part) => (part.type === "text" ? part.text : "")).join("")

async function fileContent(ports: RunPorts, userId: string, part: FilePart): Promise<ModelContent> {
  const id = part.url.slice(fileUrl("").length)
  if (!isFileId(id)) throw new Error(`a message names the file ${part.url}`)
  const { name, mediaType, bytes } = await getFile(ports, { userId, role: "owner" }, id)
  return { type: "file", mediaType, filename: name, bytes }
}
