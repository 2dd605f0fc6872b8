import { storeBody } from "../chat/body.ts"
import { toSummary } from "../chat/record.ts"
import { endMessageOperations, endRunInEntry, extendTemporary, readChat } from "../chat/store.ts"
import { announce } from "../connection/registry.ts"
import { describe } from "../log.ts"
import type { EndMetadata, Usage } from "../protocol/event.ts"
import type { Reduction } from "../protocol/reduce.ts"
import { keys } from "../store/keys.ts"
import { ConditionFailed, type Operation } from "../store/table.ts"
import { type Batch, batchOperation, isOurs } from "./journal.ts"
import type { RunPorts } from "./ports.ts"
import type { RunRecord } from "./record.ts"
import { endOperations } from "./store.ts"

/** The last batch of a run, with what its events add up to. */
export type Ending = { record: RunRecord; batch: Batch; reduction: Reduction; end: EndMetadata }

/**
 * Writes the end of a run: the last batch, STATE, the message and the usage, all or nothing. The message is left out
 * when its row is gone or its chat deleted. `owner` is given by a worker that ends its own run.
 *
 * - "ended": written, now or by an earlier try of ours.
 * - "beaten": somebody else wrote that batch or ended the run.
 */
export async function writeEnd(ports: RunPorts, ending: Ending, owner?: string): Promise<"ended" | "beaten"> {
  const { record, batch, reduction, end } = ending
  const { table, blobs, clock, runSettings } = ports
  const now = clock.now()
  const expiresAt = Math.ceil((now + runSettings.keepJournal) / 1000)
  const own: Operation[] = [
    batchOperation(record.runId, batch, expiresAt),
    ...endOperations(record.runId, end.status, now, expiresAt, owner),
    usageOperation(record, reduction.model ?? "", end.usage, now),
  ]
  const body = await storeBody(blobs, record.chatId, record.messageId, reduction.parts, batch.by)
  const message = endMessageOperations(record.chatId, record.messageId, body, end)
  let withMessage = true
  for (;;) {
    try {
      await table.transact(withMessage ? [...own, ...message] : own)
      if (!withMessage) await discard(ports, body)
      return "ended"
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error
      const [atBatch, atState] = error.reasons
      if (atBatch?.failed) {
        const item = atBatch.item ?? (await table.get(keys.events(record.runId, batch.first), { consistent: true }))
        if (isOurs(item, batch)) return "ended"
        await discard(ports, body)
        return "beaten"
      }
      if (atState?.failed || !withMessage) {
        await discard(ports, body)
        return "beaten"
      }
      withMessage = false
    }
  }
}

/** Takes back a large body that no message names. */
async function discard(ports: RunPorts, body: { parts: string } | { partsBlob: string }): Promise<void> {
  if (!("partsBlob" in body)) return
  try {
    await ports.blobs.delete(body.partsBlob)
  } catch (error) {
    ports.log.warn("blob-not-removed", { key: body.partsBlob, error: describe(error) })
  }
}

/** Without a condition of its own: it is written with the last batch, and that is written once. */
function usageOperation(record: RunRecord, model: string, usage: Usage, now: number): Operation {
  const key = keys.runUsage(record.userId, record.runId)
  return {
    put: { ...key, model, at: now, inputTokens: usage.inputTokens, outputTokens: usage.outputTokens },
  }
}

/**
 * What follows an end, each a single idempotent update of something that is still there: the chat's list entry, and the
 * word to the user's connections. A failure here loses no words, and the list mends itself when it is read.
 */
export async function afterEnd(ports: RunPorts, record: RunRecord): Promise<void> {
  const { table, clock, runSettings, log } = ports
  try {
    const chat = await readChat(table, record.chatId)
    if (chat === undefined || chat.deleted) return
    const temporary = chat.temporaryUntil !== undefined
    const now = clock.now()
    if (temporary) await extendTemporary(table, record.chatId, now + runSettings.keepTemporary)
    const entry = await endRunInEntry(table, record.userId, record.chatId, record.runId, now, temporary)
    if (entry) announce(ports, record.userId, { type: "chat", chat: toSummary(entry) })
  } catch (error) {
    log.warn("chat-not-updated", { run: record.runId, error: describe(error) })
  }
}
