import type { Actor } from "../access/actor.ts"
import { type Act, authorize } from "../access/authorize.ts"
import type { ChatRecord } from "../chat/record.ts"
import { readChat } from "../chat/store.ts"
import { OmniError } from "../protocol/error.ts"
import type { ChatId, RunId } from "../protocol/id.ts"
import type { RunPorts } from "./ports.ts"
import type { RunRecord } from "./record.ts"
import { readRecord } from "./store.ts"

/** The run, if the actor may do this with it. A run of a deleted chat, or one that is forgotten, is `not_found`. */
export async function findRun(
  ports: Pick<RunPorts, "table" | "clock">,
  actor: Actor,
  act: Act,
  runId: RunId,
): Promise<RunRecord> {
  const record = await readRecord(ports.table, runId)
  const name = `Run ${runId}`
  if (record === undefined) throw new OmniError("not_found", `${name} does not exist, or ended more than 24 hours ago.`)
  authorize(actor, act, { resource: { ownerId: record.userId, name }, now: ports.clock.now() })
  if ((await readLivingChat(ports, record.chatId)) === undefined) {
    throw new OmniError("not_found", `${name} does not exist: its chat was deleted.`)
  }
  return record
}

/** The chat, unless it was deleted or was temporary and its time is over. */
export async function readLivingChat(
  ports: Pick<RunPorts, "table" | "clock">,
  chatId: ChatId,
): Promise<ChatRecord | undefined> {
  const chat = await readChat(ports.table, chatId)
  return isLiving(chat, ports.clock.now()) ? chat : undefined
}

export function isLiving(chat: ChatRecord | undefined, now: number): chat is ChatRecord {
  return chat !== undefined && !chat.deleted && (chat.temporaryUntil === undefined || chat.temporaryUntil > now)
}

/** Whether the worker of a run must be dead: its lease is over, with the margin in which it would have given up. */
export function isLeaseOver(record: RunRecord, ports: Pick<RunPorts, "clock" | "runSettings">): boolean {
  return record.status === "running" && (record.leaseUntil ?? 0) < ports.clock.now() - ports.runSettings.leaseMargin
}
