import type { Actor } from "../access/actor.ts"
import { type Act, authorize } from "../access/authorize.ts"
import { OmniError } from "../protocol/error.ts"
import type { ChatId } from "../protocol/id.ts"
import { readLivingChat } from "../run/access.ts"
import type { RunPorts } from "../run/ports.ts"
import type { ChatRecord } from "./record.ts"

/** The chat, if the actor may do this with it; a deleted chat and somebody else's are `not_found`. */
export async function findChat(
  ports: Pick<RunPorts, "table" | "clock">,
  actor: Actor,
  act: Act,
  chatId: ChatId,
): Promise<ChatRecord> {
  const name = `Chat ${chatId}`
  const chat = await readLivingChat(ports, chatId)
  if (chat === undefined) throw new OmniError("not_found", `${name} does not exist.`)
  authorize(actor, act, { resource: { ownerId: chat.owner, name }, now: ports.clock.now() })
  return chat
}
