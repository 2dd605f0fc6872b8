import { createChatOperations, putMessageOperation } from "@omnichat/core/chat/store"
import type { MessageRecord } from "@omnichat/core/chat/record"
import { newId } from "@omnichat/core/protocol/id"
import type { ChatId, MessageId } from "@omnichat/core/protocol/id"
import { indexes, keys } from "@omnichat/core/store/keys"
import type { BatchWrite, Operation, Table } from "@omnichat/core/store/table"

/** A chat that was there before the scene begins. */
export type PastChat = {
  title: string
  /** Epoch milliseconds. */
  updatedAt: number
  /** How many questions and answers; one of each, if not given. */
  turns?: number
  id?: ChatId
}

export const day = 24 * 3600_000

/** The words of a past turn, counted from 1. */
export const pastQuestion = (turn: number): string => `Question number ${turn}: what comes next?`
export const pastAnswer = (turn: number): string =>
  `Answer number ${turn}. It has **several** words, a list and some code.\n\n- one\n- two\n\n` +
  `\`\`\`ts\nconst turn: number = ${turn}\n\`\`\`\n\nThe end of answer ${turn}.`

/** Whose chats they are, and the id of the model that has answered. */
type Hands = { owner: string; model: string }

/**
 * Writes chats into a table that no service has opened yet, past the service: ten thousand of them by asking would take
 * longer than all the tests.
 */
export async function writeChats(table: Table, chats: PastChat[], hands: Hands): Promise<void> {
  await table.batchWrite(chats.flatMap((chat) => rowsOf(chat, hands)))
  // An index follows its table.
  while ((await countListed(table, hands.owner)) < chats.length);
}

async function countListed(table: Table, owner: string): Promise<number> {
  const listed = { pk: keys.listEntry(owner, "").pk, index: indexes.chats(owner) }
  let count = 0
  for (let cursor: string | undefined; ;) {
    const page = await table.query({ ...listed, ...(cursor !== undefined && { cursor }) })
    count += page.items.length
    cursor = page.cursor
    if (cursor === undefined) return count
  }
}

function rowsOf({ title, updatedAt, turns = 1, id }: PastChat, { owner, model }: Hands): BatchWrite[] {
  const createdAt = updatedAt - turns * 2000
  const chatId = id ?? newId("cht", createdAt)
  const messages = messagesOf({ chatId, from: createdAt, turns, model })
  const leafId = messages.at(-1)?.messageId as MessageId
  const operations = [
    ...createChatOperations(
      { chatId, owner, title, titledBy: "owner", createdAt },
      { chatId, title, createdAt, updatedAt, leafId, runs: {} },
    ),
    ...messages.map(putMessageOperation),
  ]
  return operations.map(putOf)
}

type Talk = { chatId: ChatId; from: number; turns: number; model: string }

function messagesOf({ chatId, from, turns, model }: Talk): MessageRecord[] {
  const messages: MessageRecord[] = []
  const add = (text: string, rest: Pick<MessageRecord, "role" | "model" | "usage">) => {
    const createdAt = from + messages.length * 1000
    const parentId = messages.at(-1)?.messageId ?? null
    const parts = JSON.stringify([{ type: "text", text }])
    const messageId = newId("msg", createdAt)
    messages.push({ messageId, chatId, parentId, parts, status: "complete", createdAt, ...rest })
  }
  for (let turn = 1; turn <= turns; turn++) {
    add(pastQuestion(turn), { role: "user" })
    const usage = { inputTokens: 11, outputTokens: 42, durationMs: 1500, firstTokenMs: 200 }
    add(pastAnswer(turn), { role: "assistant", model, usage })
  }
  return messages
}

function putOf(operation: Operation): BatchWrite {
  if (!("put" in operation)) throw new Error("a chat that is made consists of new rows")
  return { put: operation.put }
}
