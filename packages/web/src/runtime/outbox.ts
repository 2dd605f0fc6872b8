import type { Params } from "@omnichat/core/protocol/frame"
import type { ChatId, MessageId, RunId } from "@omnichat/core/protocol/id"
import type { InputPart, Part } from "@omnichat/core/protocol/part"
import type { Keep } from "./keep.ts"

/** A message that the server has not confirmed. Its start is idempotent by `runId`, so it may be sent again for ever. */
export type Unsent = {
  runId: RunId
  chatId: ChatId
  messageId: MessageId
  /** What it follows: a message, nothing (null), or the answer that a run has still to finish. */
  after: { message: MessageId | null } | { run: RunId }
  /** As it goes out, and as it is drawn until the server has it. */
  input: InputPart[]
  shown: Part[]
  model: string
  params?: Params
  temporary?: true
  createdAt: string
}

/** The messages on their way out. They outlive the page: a reload sends them again. */
export interface Outbox {
  all(): Unsent[]
  /** Of one chat, in the order they were written. */
  of(chatId: ChatId): Unsent[]
  find(runId: RunId): Unsent | undefined
  /** Adds it, or takes the place of the one with the id `runId`. */
  put(entry: Unsent, runId?: RunId): void
  remove(runId: RunId): void
}

const key = "outbox"

export function createOutbox(keep: Keep): Outbox {
  // Read anew each time: another tab writes there too.
  const read = () => {
    const kept = keep.read(key)
    return Array.isArray(kept) ? kept.filter(isUnsent) : []
  }
  return {
    all: read,
    of: (chatId) => read().filter((entry) => entry.chatId === chatId),
    find: (runId) => read().find((entry) => entry.runId === runId),
    put(entry, runId = entry.runId) {
      const entries = read()
      const at = entries.findIndex((candidate) => candidate.runId === runId)
      if (at < 0) entries.push(entry)
      else entries[at] = entry
      keep.write(key, entries)
    },
    remove(runId) {
      const entries = read()
      const rest = entries.filter((entry) => entry.runId !== runId)
      if (rest.length < entries.length) keep.write(key, rest)
    },
  }
}

function isUnsent(value: unknown): value is Unsent {
  if (typeof value !== "object" || value === null) return false
  const entry = value as Record<string, unknown>
  const strings = [entry["runId"], entry["chatId"], entry["messageId"], entry["model"], entry["createdAt"]]
  return (
    strings.every((field) => typeof field === "string") &&
    Array.isArray(entry["input"]) &&
    Array.isArray(entry["shown"]) &&
    typeof entry["after"] === "object" &&
    entry["after"] !== null
  )
}
