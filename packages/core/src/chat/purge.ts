import { removeChatsFiles } from "../file/remove.ts"
import { describe } from "../log.ts"
import type { ChatId, RunId } from "../protocol/id.ts"
import type { RunPorts } from "../run/ports.ts"
import { stopNow } from "../run/stop.ts"
import { blobFolder } from "./body.ts"
import {
  buryChat,
  finishPurge,
  postponePurge,
  queryPurges,
  readChat,
  readEntry,
  removeEntry,
  removeMessages,
} from "./store.ts"

/** Removes what is left of deleted chats, and temporary chats whose time is over. Any number may do it at the same time. */
export async function purgeChats(ports: RunPorts): Promise<void> {
  let cursor: string | undefined
  do {
    const page = await queryPurges(ports.table, cursor)
    for (const job of page.items) {
      if (Number(job.due) > ports.clock.now()) continue
      const chatId = job.chatId as ChatId
      try {
        await purge(ports, chatId)
      } catch (error) {
        ports.log.error("chat-not-purged", { chat: chatId, error: describe(error) })
      }
    }
    cursor = page.cursor
  } while (cursor !== undefined)
}

/**
 * Stops the runs of a buried chat, those who follow them get `abort`, and takes it off its owner's list. The entry names
 * the runs, so it goes last: what fails is done by the purge.
 */
export async function removeFromList(ports: RunPorts, userId: string, chatId: ChatId): Promise<void> {
  const entry = await readEntry(ports.table, userId, chatId)
  const runIds = Object.keys(entry?.runs ?? {}) as RunId[]
  await Promise.all(runIds.map((runId) => stopNow(ports, runId)))
  await removeEntry(ports.table, userId, chatId)
}

async function purge(ports: RunPorts, chatId: ChatId): Promise<void> {
  const { table, blobs, clock } = ports
  const chat = await readChat(table, chatId)
  if (chat && !chat.deleted) {
    const until = chat.temporaryUntil ?? 0
    if (until > clock.now()) return postponePurge(table, chatId, until)
    await buryChat(table, chatId)
  }
  if (chat) await removeFromList(ports, chat.owner, chatId)
  while (await removeMessages(table, chatId));
  await removeChatsFiles(ports, chatId)
  await blobs.deleteAll(blobFolder(chatId))
  await finishPurge(table, chatId)
}
