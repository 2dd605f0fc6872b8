import type { ChatId, MessageId } from "../protocol/id.ts"
import type { Table } from "../store/table.ts"
import { type MessageRecord, toMessageRecord } from "./record.ts"
import { queryMessages } from "./store.ts"

/**
 * The messages from the root to `leafId`, oldest first. A child's id sorts after its parent's, so one descending query
 * finds them all; messages of other branches are passed over.
 */
export async function readPath(table: Table, chatId: ChatId, leafId: MessageId): Promise<MessageRecord[]> {
  const path: MessageRecord[] = []
  let wanted: MessageId | null = leafId
  let cursor: string | undefined
  do {
    const page = await queryMessages(table, chatId, { upTo: leafId, ...(cursor === undefined ? {} : { cursor }) })
    for (const item of page.items) {
      const message = toMessageRecord(item)
      if (message.messageId !== wanted) continue
      path.push(message)
      wanted = message.parentId
    }
    cursor = page.cursor
  } while (wanted !== null && cursor !== undefined)
  if (wanted !== null) throw new Error(`the path to ${leafId} in ${chatId} has no ${wanted}`)
  return path.reverse()
}
