import type { RunStatus } from "../protocol/event.ts"
import type { Params, ReportedStatus } from "../protocol/frame.ts"
import type { ChatId, FileId, MessageId, RunId } from "../protocol/id.ts"
import type { Item } from "../store/table.ts"

/** A run's STATE: who executes it, until when, and who follows. Times are epoch milliseconds. */
export type RunRecord = {
  runId: RunId
  chatId: ChatId
  /** The answer it writes. */
  messageId: MessageId
  /** The question it stored, if it stored one. */
  userMessageId?: MessageId
  userId: string
  /** Of everything that was asked, so that a repeated start is told from another one. */
  hash: string
  status: RunStatus
  /** How often it was taken. */
  turn: number
  /** The token of the worker that holds it. */
  owner?: string
  leaseUntil?: number
  /** Somebody asked to stop. */
  stop?: true
  /** What a queued run waits for; nobody then thinks that its worker is missing. */
  waitsFor?: "pool" | "approval"
  followers: Record<string, Follower>
  createdAt: number
  queuedAt: number
}

export type Follower = {
  /** The last number the follower holds. */
  after: number
  /** Fresh with each follow, so that a repeated one starts over. */
  nonce: string
  /** When the right to follow ends; absent where it does not. */
  expiresAt?: number
}

/** What the run was asked, kept beside STATE because STATE is read after every batch. */
export type RunRequest = {
  model: string
  params: Params
  chatId: ChatId
  /** The message answered; the model sees the path from the root to it. */
  answerTo: MessageId
  /** The unfinished answer whose text this one goes on from. */
  continues?: MessageId
  files?: FileId[]
}

export const isUnfinished = (record: RunRecord): boolean => record.status === "queued" || record.status === "running"

export function reportedStatus(record: RunRecord): ReportedStatus {
  return isUnfinished(record) && record.stop ? "stopping" : record.status
}

/** Our own item, as it was written. */
export function toRecord(item: Item): RunRecord {
  return item as unknown as RunRecord
}
