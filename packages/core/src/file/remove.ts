import { describe } from "../log.ts"
import type { Ports } from "../ports.ts"
import type { ChatId, FileId } from "../protocol/id.ts"
import type { Clock } from "../store/clock.ts"
import {
  blobKey,
  forgetChatsFile,
  isInAnyChat,
  queryChatsFiles,
  queryUnsettled,
  readFile,
  removeFileItem,
  settleFile,
  takeOutOfChat,
} from "./store.ts"

/**
 * The end of files. A start notes in its transaction which files its question names; a file is removed with the last
 * chat that names it, or a day after it was made when none does. All of this may be done by several at the same time,
 * and again from the beginning.
 */

type RemovalPorts = Pick<Ports, "table" | "blobs">

/** Removes the files of a deleted chat that no other chat names. No start may be able to write to the chat any more. */
export async function removeChatsFiles(ports: RemovalPorts, chatId: ChatId): Promise<void> {
  for (;;) {
    const { ids, more } = await queryChatsFiles(ports.table, chatId)
    await Promise.all(ids.map((id) => removeFromChat(ports, id, chatId)))
    if (ids.length === 0 && !more) return
  }
}

/** Removes the files that no message has named in time, each by itself: one that fails holds up no other. */
export async function removeUnnamedFiles(
  ports: RemovalPorts & Pick<Ports, "log"> & { clock: Pick<Clock, "now"> },
): Promise<void> {
  for (;;) {
    const now = ports.clock.now()
    const due = (await queryUnsettled(ports.table)).filter((file) => file.due <= now)
    const settled = await Promise.all(due.map(({ id }) => settle(ports, id)))
    if (!settled.includes(true)) return
  }
}

async function settle(ports: RemovalPorts & Pick<Ports, "log">, id: FileId): Promise<boolean> {
  try {
    await removeUnlessNamed(ports, id)
    await settleFile(ports.table, id)
    return true
  } catch (error) {
    ports.log.error("file-not-settled", { file: id, error: describe(error) })
    return false
  }
}

/** The chat finds the file until the end, so that whoever repeats this knows what is left. */
async function removeFromChat(ports: RemovalPorts, id: FileId, chatId: ChatId): Promise<void> {
  // Before others are looked for: of two chats that go at once, the later one must not see the other.
  await takeOutOfChat(ports.table, id, chatId)
  await removeUnlessNamed(ports, id)
  await forgetChatsFile(ports.table, chatId, id)
}

/** The item goes first, and with it that anybody can name the file; the bytes also where somebody stopped after that. */
async function removeUnlessNamed({ table, blobs }: RemovalPorts, id: FileId): Promise<void> {
  for (;;) {
    const file = await readFile(table, id)
    if (file !== undefined && (await isInAnyChat(table, id))) return
    if (file === undefined || (await removeFileItem(table, file))) return blobs.delete(blobKey(id))
  }
}
