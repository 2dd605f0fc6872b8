import type { Actor } from "../access/actor.ts"
import { utf8Length } from "../bytes.ts"
import { readBody, storeBody, textOf } from "../chat/body.ts"
import { findChat } from "../chat/find.ts"
import type { ChatRecord, ListEntry, MessageRecord } from "../chat/record.ts"
import {
  beginRunOperations,
  createChatOperations,
  putMessageOperation,
  readChat,
  readEntry,
  readMessage,
} from "../chat/store.ts"
import { titleFrom } from "../chat/title.ts"
import { fileUrl, findFiles } from "../file/files.ts"
import { OmniError } from "../protocol/error.ts"
import type { Event } from "../protocol/event.ts"
import type { StartBody } from "../protocol/frame.ts"
import { type ChatId, type MessageId, newId, newIdAfter } from "../protocol/id.ts"
import type { FilePart, InputPart, TextPart } from "../protocol/part.ts"
import type { Operation } from "../store/table.ts"
import { continuedBlock } from "./blocks.ts"
import { encodeEvents } from "./encode.ts"
import { batchOperation, inBatches } from "./journal.ts"
import type { RunPorts } from "./ports.ts"
import type { RunRecord, RunRequest } from "./record.ts"
import { createOperations } from "./store.ts"

/** Everything a start will write, with nothing written yet but large bodies. */
export type Plan = { record: RunRecord; operations: Operation[]; provider: string }

/** Checks chat, messages, files and model in that order, and plans the one transaction. Throws as `startRun` says. */
export async function planRun(
  ports: RunPorts,
  actor: Actor,
  body: StartBody,
  made: { hash: string; followers: RunRecord["followers"] },
): Promise<Plan> {
  const chat = await findOrMakeChat(ports, actor, body)
  const parent = await findParent(ports, chat, body)
  const parts = body.message === undefined ? undefined : await storedParts(ports, actor, body.message.parts)
  const asked = await decideAsked(ports, body, chat, parent)
  const model = await ports.models.find(body.model)
  const now = ports.clock.now()
  const question = body.message === undefined ? undefined : questionId(body.message.id, asked.parentId, now)
  const goesOnFrom = asked.continues && textOf(await readBody(ports.blobs, asked.continues))
  const answerTo = question ?? asked.answerTo
  if (answerTo === undefined) throw new Error("a run answers a message")
  const messageId = after(answerTo, now, asked.continues?.messageId)
  const record: RunRecord = {
    runId: body.runId,
    chatId: chat.record.chatId,
    messageId,
    ...(question === undefined ? {} : { userMessageId: question }),
    userId: actor.userId,
    hash: made.hash,
    status: "queued",
    turn: 0,
    followers: made.followers,
    createdAt: now,
    queuedAt: now,
  }
  const request: RunRequest = {
    model: model.id,
    params: body.params ?? {},
    answerTo,
    ...(asked.continues === undefined ? {} : { continues: asked.continues.messageId }),
  }
  const operations = [
    ...createOperations(record, request, keepUntil(ports, now)),
    ...firstBatches(ports, record, model.id, now, goesOnFrom),
    ...chatOperations(ports, chat, record, body, now),
    putMessageOperation({
      messageId,
      chatId: record.chatId,
      parentId: answerTo,
      role: "assistant",
      parts: "[]",
      status: "running",
      createdAt: now,
      model: model.id,
      runId: body.runId,
    }),
  ]
  if (question !== undefined && parts !== undefined) {
    operations.push(
      putMessageOperation({
        messageId: question,
        chatId: record.chatId,
        parentId: asked.parentId,
        role: "user",
        ...(await storeBody(ports.blobs, record.chatId, question, parts, body.runId)),
        status: "complete",
        createdAt: now,
      }),
    )
  }
  return { record, operations, provider: model.provider.id }
}

/** Bytes of `params` as JSON: the request is one row. */
const mostParams = 256 * 1024

type FoundChat = { record: ChatRecord; entry: ListEntry | undefined }
/** `parentId` is a new question's parent; `answerTo` the message answered where no question is asked. */
type Asked = { parentId: MessageId | null; answerTo?: MessageId; continues?: MessageRecord }

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

async function findOrMakeChat(ports: RunPorts, actor: Actor, body: StartBody): Promise<FoundChat> {
  const { table, clock, runSettings } = ports
  if (body.chatId !== undefined && (await readChat(table, body.chatId)) !== undefined) {
    const record = await findChat(ports, actor, "chat.change", body.chatId)
    if (body.temporary) throw invalid("temporary is for new chats only; this chat exists")
    const entry = await readEntry(table, actor.userId, body.chatId)
    if (entry === undefined) throw new OmniError("not_found", `Chat ${body.chatId} does not exist.`)
    return { record, entry }
  }
  const now = clock.now()
  const chatId: ChatId = body.chatId ?? newId("cht", now)
  const title = titleFrom(body.message?.parts.map((part) => (part.type === "text" ? part.text : "")).join(" ") ?? "")
  const record: ChatRecord = { chatId, owner: actor.userId, title, titledBy: "automatic", createdAt: now }
  if (body.temporary) record.temporaryUntil = now + runSettings.keepTemporary
  return { record, entry: undefined }
}

/** The message named as parent, or the chat's leaf. Throws `not_found` for one that is not in the chat. */
async function findParent(ports: RunPorts, chat: FoundChat, body: StartBody): Promise<MessageRecord | undefined> {
  const id = body.parentId === undefined ? chat.entry?.leafId : body.parentId
  if (id == null) return undefined
  const parent = chat.entry && (await readMessage(ports.table, chat.record.chatId, id))
  if (!parent) throw new OmniError("not_found", `Message ${id} is not in chat ${chat.record.chatId}.`)
  return parent
}

async function decideAsked(
  ports: RunPorts,
  body: StartBody,
  chat: FoundChat,
  parent: MessageRecord | undefined,
): Promise<Asked> {
  if (body.message !== undefined) {
    if (parent?.status === "running") throw unfinishedAnswer(parent)
    const { id } = body.message
    if (id !== undefined && chat.entry && (await readMessage(ports.table, chat.record.chatId, id))) {
      throw new OmniError("conflict", `Message ${id} exists already. Make a fresh id for a new message.`)
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

function chatOperations(
  ports: RunPorts,
  chat: FoundChat,
  record: RunRecord,
  body: StartBody,
  now: number,
): Operation[] {
  const { chatId, messageId, runId } = record
  if (chat.entry) {
    const temporary = chat.record.temporaryUntil !== undefined
    return beginRunOperations(chat.record, {
      runId,
      messageId,
      at: now,
      ...(temporary ? { temporaryUntil: now + ports.runSettings.keepTemporary } : {}),
    })
  }
  return createChatOperations(chat.record, {
    chatId,
    title: chat.record.title,
    createdAt: now,
    updatedAt: now,
    leafId: messageId,
    runs: { [runId]: messageId },
    ...(body.temporary ? { temporary: true } : {}),
  })
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

/** The id the client chose, unless it would not sort after its parent's. */
function questionId(chosen: MessageId | undefined, parentId: MessageId | null, now: number): MessageId {
  if (parentId === null) return chosen ?? newId("msg", now)
  return chosen !== undefined && chosen > parentId ? chosen : after(parentId, now)
}

/** An id that sorts after the question's, and after the answer that is continued. */
function after(id: MessageId, now: number, also?: MessageId): MessageId {
  const later = also !== undefined && also > id ? also : id
  const fresh = newIdAfter("msg", now, later)
  if (fresh === undefined) throw invalid(`no id sorts after ${later}; make message ids from the present time`)
  return fresh
}

/** Event 1, and for a continued answer the text it begins with, so that it is there whatever happens to the run. */
function firstBatches(
  ports: RunPorts,
  record: RunRecord,
  model: string,
  now: number,
  goesOnFrom: string | undefined,
): Operation[] {
  const { messageId, runId } = record
  const messageMetadata = { model, createdAt: new Date(now).toISOString() }
  const events: Event[] = [{ type: "start", messageId, messageMetadata }]
  if (goesOnFrom !== undefined) {
    events.push({ type: "start-step" }, { type: "text-start", id: continuedBlock })
    if (goesOnFrom !== "") events.push({ type: "text-delta", id: continuedBlock, delta: goesOnFrom })
  }
  return inBatches(encodeEvents(events), record.hash).map((batch) =>
    batchOperation(runId, batch, keepUntil(ports, now)),
  )
}

/** Epoch seconds; long enough for a run that takes a day. */
const keepUntil = (ports: RunPorts, now: number): number => Math.ceil((now + 2 * ports.runSettings.keepJournal) / 1000)

const invalid = (message: string): OmniError =>
  new OmniError("invalid", `${message.charAt(0).toUpperCase()}${message.slice(1)}.`)

const unfinishedAnswer = (parent: MessageRecord): OmniError =>
  new OmniError("conflict", `Answer ${parent.messageId} is still being written. Wait for its end, or stop it.`)
