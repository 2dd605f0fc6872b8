import type { Actor } from "../access/actor.ts"
import { readBody, storeBody, textOf } from "../chat/body.ts"
import type { ChatRecord, ListEntry } from "../chat/record.ts"
import { beginRunOperations, createChatOperations, putMessageOperation } from "../chat/store.ts"
import { titleFrom } from "../chat/title.ts"
import { nameFileOperations } from "../file/store.ts"
import type { ChosenModel } from "../model/models.ts"
import { OmniError } from "../protocol/error.ts"
import type { Event } from "../protocol/event.ts"
import type { StartBody } from "../protocol/frame.ts"
import { type FileId, type MessageId, newId, newIdAfter } from "../protocol/id.ts"
import type { Part } from "../protocol/part.ts"
import type { Operation } from "../store/table.ts"
import { continuedBlock } from "./blocks.ts"
import { type EncodedEvent, encodeEvents } from "./encode.ts"
import { batchOperation, inBatches } from "./journal.ts"
import type { Sight } from "./look.ts"
import type { RunPorts } from "./ports.ts"
import type { RunRecord, RunRequest } from "./record.ts"
import { createOperations } from "./store.ts"

/** Everything a start will write, with nothing written yet but large bodies. */
export type Plan = {
  record: RunRecord
  request: RunRequest
  /** What the journal begins with. */
  events: EncodedEvent[]
  model: ChosenModel
  /** The question, where the start brings one, and the message above it; without one the message that is answered. */
  asked?: Part[]
  above: MessageId | null
  operations: Operation[]
}

/** What the start brings of its own; `owner` is the token of a worker that it takes the run for. */
export type Made = { hash: string; followers: RunRecord["followers"]; owner: string | undefined }

/** Plans the one transaction of a start that nothing speaks against. */
export async function planRun(
  ports: RunPorts,
  actor: Actor,
  body: StartBody,
  made: Made,
  { chat: found, asked, parts, model }: Sight,
): Promise<Plan> {
  const now = ports.clock.now()
  const chat = found ?? { record: newChat(ports, actor, body, now), entry: undefined }
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
    ...(made.owner === undefined
      ? { status: "queued", turn: 0 }
      : { status: "running", turn: 1, owner: made.owner, leaseUntil: now + ports.runSettings.lease }),
    followers: made.followers,
    createdAt: now,
    queuedAt: now,
  }
  const request: RunRequest = {
    model: model.id,
    params: body.params ?? {},
    chatId: chat.record.chatId,
    answerTo,
    ...(asked.continues === undefined ? {} : { continues: asked.continues.messageId }),
  }
  const events = firstEvents(record, model.id, now, goesOnFrom)
  const operations = [
    ...createOperations(record, request, keepUntil(ports, now)),
    ...inBatches(events, made.hash).map((batch) => batchOperation(body.runId, batch, keepUntil(ports, now))),
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
      ...nameFileOperations(filesIn(body.message), record.chatId),
    )
  }
  const what = parts === undefined ? { above: answerTo } : { asked: parts, above: asked.parentId }
  return { record, request, events, model, ...what, operations }
}

function newChat(ports: RunPorts, actor: Actor, body: StartBody, now: number): ChatRecord {
  const title = titleFrom(body.message?.parts.map((part) => (part.type === "text" ? part.text : "")).join(" ") ?? "")
  return {
    chatId: body.chatId ?? newId("cht", now),
    owner: actor.userId,
    title,
    titledBy: "automatic",
    createdAt: now,
    ...(body.temporary ? { temporaryUntil: now + ports.runSettings.keepTemporary } : {}),
  }
}

function chatOperations(
  ports: RunPorts,
  chat: { record: ChatRecord; entry: ListEntry | undefined },
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

const filesIn = (message: StartBody["message"]): FileId[] =>
  message?.parts.flatMap((part) => (part.type === "file" ? [part.fileId] : [])) ?? []

/** The id the client chose, unless it would not sort after its parent's. */
function questionId(chosen: MessageId | undefined, parentId: MessageId | null, now: number): MessageId {
  if (parentId === null) return chosen ?? newId("msg", now)
  return chosen !== undefined && chosen > parentId ? chosen : after(parentId, now)
}

/** An id that sorts after the question's, and after the answer that is continued. */
function after(id: MessageId, now: number, also?: MessageId): MessageId {
  const later = also !== undefined && also > id ? also : id
  const fresh = newIdAfter("msg", now, later)
  if (fresh === undefined) {
    throw new OmniError("invalid", `No id sorts after ${later}. Make message ids from the present time.`)
  }
  return fresh
}

/** Event 1, and for a continued answer the text it begins with, so that it is there whatever happens to the run. */
function firstEvents(
  { messageId }: RunRecord,
  model: string,
  now: number,
  goesOnFrom: string | undefined,
): EncodedEvent[] {
  const messageMetadata = { model, createdAt: new Date(now).toISOString() }
  const events: Event[] = [{ type: "start", messageId, messageMetadata }]
  if (goesOnFrom !== undefined) {
    events.push({ type: "start-step" }, { type: "text-start", id: continuedBlock })
    if (goesOnFrom !== "") events.push({ type: "text-delta", id: continuedBlock, delta: goesOnFrom })
  }
  return encodeEvents(events)
}

/** Epoch seconds; long enough for a run that takes a day. */
const keepUntil = (ports: RunPorts, now: number): number => Math.ceil((now + 2 * ports.runSettings.keepJournal) / 1000)
