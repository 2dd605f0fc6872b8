import type { Actor } from "../access/actor.ts"
import { authorize } from "../access/authorize.ts"
import { announce } from "../connection/registry.ts"
import { OmniError } from "../protocol/error.ts"
import type { ChatPage, ChatPatch, ChatSummary, MessagePage } from "../protocol/http.ts"
import type { ChatId, MessageId, RunId } from "../protocol/id.ts"
import { isLeaseOver } from "../run/access.ts"
import { closeRun } from "../run/close.ts"
import type { RunPorts } from "../run/ports.ts"
import { isUnfinished } from "../run/record.ts"
import { readRecord, readRecords } from "../run/store.ts"
import { ConditionFailed } from "../store/table.ts"
import { readBody } from "./body.ts"
import { findChat } from "./find.ts"
import { removeFromList } from "./purge.ts"
import { type ListEntry, toEntry, toMessage, toMessageRecord, toSummary } from "./record.ts"
import { buryChat, forgetRun, queryEntries, queryMessages, readEntry, readMessage, setLeaf, setTitle } from "./store.ts"

/** What a user does with chats besides asking. All throw OmniError `not_found` for a chat the actor may not see. */

export async function listChats(
  ports: RunPorts,
  actor: Actor,
  page: { cursor?: string; limit: number },
): Promise<ChatPage> {
  authorize(actor, "chat.list", { now: ports.clock.now() })
  const found = await queryEntries(ports.table, actor.userId, page)
  const entries = await settleEntries(ports, actor.userId, found.items.map(toEntry))
  return { chats: entries.map(toSummary), ...(found.cursor === undefined ? {} : { next: found.cursor }) }
}

export async function getChat(ports: RunPorts, actor: Actor, chatId: ChatId): Promise<ChatSummary> {
  await findChat(ports, actor, "chat.read", chatId)
  return toSummary(await currentEntry(ports, actor, chatId))
}

/** Renames the chat or chooses another leaf; the leaf may be any message of the chat. */
export async function patchChat(ports: RunPorts, actor: Actor, chatId: ChatId, patch: ChatPatch): Promise<ChatSummary> {
  const { table } = ports
  await findChat(ports, actor, "chat.change", chatId)
  if (patch.leafId !== undefined) {
    if ((await readMessage(table, chatId, patch.leafId)) === undefined) {
      throw new OmniError("not_found", `Message ${patch.leafId} is not in this chat.`)
    }
    await setLeaf(table, actor.userId, chatId, patch.leafId)
  }
  if (patch.title !== undefined) await ifAlive(chatId, setTitle(table, actor.userId, chatId, patch.title))
  const summary = toSummary(await currentEntry(ports, actor, chatId))
  announce(ports, actor.userId, { type: "chat", chat: summary })
  return summary
}

/** The chat is gone from now on: its runs are stopped, and the sweep removes what is left. */
export async function deleteChat(ports: RunPorts, actor: Actor, chatId: ChatId): Promise<void> {
  await findChat(ports, actor, "chat.delete", chatId)
  await ifAlive(chatId, buryChat(ports.table, chatId))
  await removeFromList(ports, actor.userId, chatId)
  announce(ports, actor.userId, { type: "chat", chat: { id: chatId, deleted: true } })
}

/** Newest first. An answer whose worker died is closed on the way, so that nobody sees it running for ever. */
export async function listMessages(
  ports: RunPorts,
  actor: Actor,
  chatId: ChatId,
  page: { cursor?: string; limit: number },
): Promise<MessagePage> {
  await findChat(ports, actor, "message.list", chatId)
  const found = await queryMessages(ports.table, chatId, page)
  const messages = await Promise.all(
    found.items.map(async (item) => {
      const record = await settleMessage(ports, toMessageRecord(item))
      return toMessage(record, await readBody(ports.blobs, record))
    }),
  )
  return { messages, ...(found.cursor === undefined ? {} : { next: found.cursor }) }
}

async function currentEntry(ports: RunPorts, actor: Actor, chatId: ChatId): Promise<ListEntry> {
  const entry = await readEntry(ports.table, actor.userId, chatId)
  if (entry === undefined) throw new OmniError("not_found", `Chat ${chatId} does not exist.`)
  const [settled = entry] = await settleEntries(ports, actor.userId, [entry])
  return settled
}

/** Takes runs off the entries that are no longer unfinished: their worker died between its end and the list. */
async function settleEntries(ports: RunPorts, userId: string, entries: ListEntry[]): Promise<ListEntry[]> {
  const named = entries.flatMap((entry) => Object.keys(entry.runs) as RunId[])
  if (named.length === 0) return entries
  const records = await readRecords(ports.table, named)
  await Promise.all(records.filter((record) => isLeaseOver(record, ports)).map((record) => closeRun(ports, record)))
  const living = new Set(
    records.filter((record) => isUnfinished(record) && !isLeaseOver(record, ports)).map((record) => record.runId),
  )
  return Promise.all(
    entries.map(async (entry) => {
      let current = entry
      for (const runId of Object.keys(entry.runs) as RunId[]) {
        if (living.has(runId)) continue
        const { [runId]: _over, ...runs } = current.runs
        current = { ...current, runs }
        await forgetRun(ports.table, userId, entry.chatId, runId)
      }
      return current
    }),
  )
}

async function settleMessage(
  ports: RunPorts,
  message: ReturnType<typeof toMessageRecord>,
): Promise<ReturnType<typeof toMessageRecord>> {
  if (message.status !== "running" || message.runId === undefined) return message
  const run = await readRecord(ports.table, message.runId)
  if (run === undefined || !isLeaseOver(run, ports)) return message
  await closeRun(ports, run)
  return (await readMessage(ports.table, message.chatId, message.messageId as MessageId)) ?? message
}

async function ifAlive(chatId: ChatId, change: Promise<void>): Promise<void> {
  try {
    await change
  } catch (error) {
    if (error instanceof ConditionFailed) throw new OmniError("not_found", `Chat ${chatId} does not exist.`)
    throw error
  }
}
