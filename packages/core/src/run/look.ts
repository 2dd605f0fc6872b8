import type { Actor } from "../access/actor.ts"
import { utf8Length } from "../bytes.ts"
import { allowChat } from "../chat/find.ts"
import type { ChatRecord, ListEntry, MessageRecord } from "../chat/record.ts"
import { readChat, readEntry, readMessage } from "../chat/store.ts"
import { fileUrl, findFiles } from "../file/files.ts"
import type { ChosenModel } from "../model/models.ts"
import { OmniError } from "../protocol/error.ts"
import type { StartBody } from "../protocol/frame.ts"
import type { MessageId } from "../protocol/id.ts"
import type { FilePart, InputPart, TextPart } from "../protocol/part.ts"
import { quiet } from "../quiet.ts"
import type { RunPorts } from "./ports.ts"

/** What a start is about, as it was found: the chat if there is one, what is answered, and by which model. */
export type Sight = {
  chat: FoundChat | undefined
  asked: Asked
  /** The question's parts as they are stored, where a question is asked. */
  parts: (TextPart | FilePart)[] | undefined
  model: ChosenModel
}

export type FoundChat = { record: ChatRecord; entry: ListEntry }
/** `parentId` is a new question's parent; `answerTo` the message answered where no question is asked. */
export type Asked = { parentId: MessageId | null; answerTo?: MessageId; continues?: MessageRecord }

/** Bytes of `params` as JSON: the request is one row. */
const mostParams = 256 * 1024

/** What the schema alone cannot say (protocol A5, A8, A9). Throws OmniError `invalid`. */
export function checkForm(body: StartBody): void {
  if (body.chatId === undefined && body.parentId != null) {
    throw invalid("parentId without chatId: name the chat that the message is in")
  }
  if (utf8Length(JSON.stringify(body.params ?? {})) > mostParams) {
    throw new OmniError("too_large", `params hold more than ${mostParams / 1024} KB. Put long texts in the message.`)
  }
  if (body.continue && body.message !== undefined) throw invalid("continue goes without a message")
  if (body.message === undefined && body.parentId == null) {
    throw invalid(
      body.continue
        ? "continue needs parentId, the answer to go on from"
        : "a start has a message, or the parentId of the user message to answer again",
    )
  }
}

/**
 * Looks up all that a start names, and writes nothing. Everything is read at once, in two trips to the table at most,
 * and then judged in the order that the protocol gives: a start refused for its chat is not told about its model.
 *
 * @throws OmniError in this order: `not_found`, `invalid` or `conflict`, `model_not_found`
 */
export async function lookAround(ports: RunPorts, actor: Actor, body: StartBody): Promise<Sight> {
  const { chatId } = body
  const message = (id: MessageId | null | undefined) =>
    chatId == null || id == null ? nothing : quiet(readMessage(ports.table, chatId, id))
  const reads = {
    chat: quiet(findOwn(ports, actor, body)),
    parent: message(body.parentId),
    taken: message(body.message?.id),
    parts: quiet(body.message === undefined ? nothing : storedParts(ports, actor, body.message.parts)),
    model: quiet(ports.models.find(body.model)),
  }
  const chat = await reads.chat
  const parent = await findParent(ports, chat, body, reads.parent)
  const parts = await reads.parts
  const asked = decideAsked(body, parent, chat && (await reads.taken))
  return { chat, asked, parts, model: await reads.model }
}

const nothing = Promise.resolve(undefined)

async function findOwn(ports: RunPorts, actor: Actor, body: StartBody): Promise<FoundChat | undefined> {
  const { chatId } = body
  if (chatId === undefined) return undefined
  const [chat, entry] = await Promise.all([readChat(ports.table, chatId), readEntry(ports.table, actor.userId, chatId)])
  if (chat === undefined) return undefined
  const record = allowChat(ports, actor, "chat.change", chatId, chat)
  if (body.temporary) throw invalid("temporary is for new chats only; this chat exists")
  if (entry === undefined) throw new OmniError("not_found", `Chat ${chatId} does not exist.`)
  return { record, entry }
}

/** The message named as parent, or the chat's leaf. Throws `not_found` for one that is not in the chat. */
async function findParent(
  ports: RunPorts,
  chat: FoundChat | undefined,
  body: StartBody,
  named: Promise<MessageRecord | undefined>,
): Promise<MessageRecord | undefined> {
  const id = body.parentId === undefined ? chat?.entry.leafId : body.parentId
  if (id == null) return undefined
  const found = body.parentId === undefined && chat ? readMessage(ports.table, chat.record.chatId, id) : named
  const parent = chat && (await found)
  if (!parent) throw new OmniError("not_found", `Message ${id} is not in chat ${body.chatId}.`)
  return parent
}

/** `taken` is the message that has the question's id already. */
function decideAsked(body: StartBody, parent: MessageRecord | undefined, taken: MessageRecord | undefined): Asked {
  if (body.message !== undefined) {
    if (parent?.status === "running") throw unfinishedAnswer(parent)
    if (taken) {
      throw new OmniError("conflict", `Message ${taken.messageId} exists already. Make a fresh id for a new message.`)
    }
    return { parentId: parent?.messageId ?? null }
  }
  if (parent === undefined) throw invalid("parentId must name a message of this chat")
  if (!body.continue) {
    if (parent.role === "user") return { parentId: parent.parentId, answerTo: parent.messageId }
    throw invalid(`parentId ${parent.messageId} is an answer; name the user message to answer again`)
  }
  if (parent.role !== "assistant" || parent.parentId === null) {
    throw invalid(`parentId ${parent.messageId} is a question; name the answer to go on from`)
  }
  if (parent.status === "running") throw unfinishedAnswer(parent)
  if (parent.status === "complete")
    throw invalid(`answer ${parent.messageId} is complete; there is nothing to go on from`)
  return { parentId: null, answerTo: parent.parentId, continues: parent }
}

/** The question's parts as they are read: a file becomes the address it is read at. */
async function storedParts(ports: RunPorts, actor: Actor, parts: InputPart[]): Promise<(TextPart | FilePart)[]> {
  const ids = parts.flatMap((part) => (part.type === "file" ? [part.fileId] : []))
  const files = new Map((await findFiles(ports, actor, ids)).map((file) => [file.id, file]))
  return parts.map((part) => {
    if (part.type === "text") return part
    const file = files.get(part.fileId)
    if (file === undefined) throw new OmniError("not_found", `File ${part.fileId} does not exist.`)
    return { type: "file", mediaType: file.mediaType, url: fileUrl(file.id), filename: file.name }
  })
}

const invalid = (message: string): OmniError =>
  new OmniError("invalid", `${message.charAt(0).toUpperCase()}${message.slice(1)}.`)

const unfinishedAnswer = (parent: MessageRecord): OmniError =>
  new OmniError("conflict", `Answer ${parent.messageId} is still being written. Wait for its end, or stop it.`)
