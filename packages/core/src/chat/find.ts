import type { Actor } from "../access/actor.ts"
import { type Act, authorize } from "../access/authorize.ts"
import { OmniError } from "../protocol/error.ts"
import type { ChatId } from "../protocol/id.ts"
import { isLiving } from "../run/access.ts"
import type { RunPorts } from "../run/ports.ts"
import type { ChatRecord } from "./record.ts"
import { readChat } from "./store.ts"

/** The chat, if the actor may do this with it; a deleted chat and somebody else's are `not_found`. */
export async function findChat(
  ports: Pick<RunPorts, "table" | "clock">,
  actor: Actor,
  act: Act,
  chatId: ChatId,
): Promise<ChatRecord> {
  return allowChat(ports, actor, act, chatId, await readChat(ports.table, chatId))
}

/** The same for a chat that was read already. */
export function allowChat(
  ports: Pick<RunPorts, "clock">,
  actor: Actor,
  act: Act,
  chatId: ChatId,
  chat: ChatRecord | undefined,
): ChatRecord {
  const name = `Chat ${chatId}`
  const now = ports.clock.now()
  if (!isLiving(chat, now)) throw new OmniError("not_found", `${name} does not exist.`)
  authorize(actor, act, { resource: { ownerId: chat.owner, name }, now })
  return chat
}
