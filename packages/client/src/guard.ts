import { endedStatuses, finishReasons } from "@omnichat/core/protocol/event"
import type { Event } from "@omnichat/core/protocol/event"
import type { ChatFrame, FollowAck, PongFrame, RunFrame, StartAck, StopAck } from "@omnichat/core/protocol/frame"
import type { ChatSummary } from "@omnichat/core/protocol/http"
import type { RunId } from "@omnichat/core/protocol/id"
import { ClientError, wireError } from "./errors.ts"
import { amount, anything, count, either, flag, idOf, isObject, list, nullable, object } from "./shape.ts"
import { only, record, text } from "./shape.ts"
import type { Guard } from "./shape.ts"

/** What the client makes of a frame. Frames that it does not know are none (protocol F1). */
export type Incoming =
  /** The answer to an action, whose own guard looks at the fields. */
  | { type: "ack"; id: string; fields: unknown }
  | { type: "error"; id?: string; error: ClientError }
  | RunFrame
  /** A run frame with an event that is none of the protocol's: the run cannot be read by this client. */
  | { type: "unreadable"; runId: RunId; error: ClientError }
  | ChatFrame
  | PongFrame

const runId = idOf("run")
const messageId = idOf("msg")
const chatId = idOf("cht")
const reportedStatus = only("queued", "running", "stopping", ...endedStatuses)

export const startAck: Guard<StartAck> = object(
  { runId, chatId, messageId, status: reportedStatus },
  { userMessageId: messageId },
)
export const followAck: Guard<FollowAck> = object({ runId, chatId, messageId, status: reportedStatus, last: count })
export const stopAck: Guard<StopAck> = object({ runId, status: only("stopping", ...endedStatuses) })
export const unfollowAck: Guard<{ runId: RunId }> = object({ runId })

export const chatSummary: Guard<ChatSummary> = object(
  {
    id: chatId,
    title: text,
    createdAt: text,
    updatedAt: text,
    leafId: nullable(messageId),
    runs: record(messageId),
  },
  { temporary: only(true) },
)
const chat = either(object({ id: chatId, deleted: only(true) }), chatSummary)

export const usage = object(
  { inputTokens: count, outputTokens: count, durationMs: count },
  { firstTokenMs: count, cacheReadTokens: count, cacheWriteTokens: count, reasoningMs: count, estimated: flag },
)
const startMetadata = object({ model: text, createdAt: text })
const endMetadata = object({ status: only(...endedStatuses), usage }, { error: wireError })
const queue = object(
  { reason: only("position", "loading", "starting") },
  { position: count, progress: amount, etaMs: count },
)
const block = { id: text }
const call = { toolCallId: text }
const toolCall = { toolCallId: text, toolName: text, dynamic: only(true) }

const eventGuards: { [T in Event["type"]]: Guard<Extract<Event, { type: T }>> } = {
  start: object({ type: only("start"), messageId, messageMetadata: startMetadata }),
  "start-step": object({ type: only("start-step") }),
  "finish-step": object({ type: only("finish-step") }),
  "text-start": object({ type: only("text-start"), ...block }),
  "text-delta": object({ type: only("text-delta"), ...block, delta: text }),
  "text-end": object({ type: only("text-end"), ...block }),
  "reasoning-start": object({ type: only("reasoning-start"), ...block }),
  "reasoning-delta": object({ type: only("reasoning-delta"), ...block, delta: text }),
  "reasoning-end": object({ type: only("reasoning-end"), ...block }, { providerMetadata: record(record(anything)) }),
  "tool-input-start": object({ type: only("tool-input-start"), ...toolCall }),
  "tool-input-delta": object({ type: only("tool-input-delta"), ...call, inputTextDelta: text }),
  "tool-input-available": object({ type: only("tool-input-available"), ...toolCall, input: anything }),
  "tool-input-error": object({ type: only("tool-input-error"), ...toolCall, input: anything, errorText: text }),
  "tool-approval-request": object({ type: only("tool-approval-request"), ...call, approvalId: text }),
  "tool-output-available": object({ type: only("tool-output-available"), ...call, output: anything }),
  "tool-output-error": object({ type: only("tool-output-error"), ...call, errorText: text }),
  "tool-output-denied": object({ type: only("tool-output-denied"), ...call }),
  "source-url": object({ type: only("source-url"), sourceId: text, url: text }, { title: text }),
  "source-document": object(
    { type: only("source-document"), sourceId: text, mediaType: text, title: text },
    { filename: text },
  ),
  file: object({ type: only("file"), url: text, mediaType: text }),
  "data-queue": object({ type: only("data-queue"), data: queue, transient: only(true) }),
  "message-metadata": object({
    type: only("message-metadata"),
    messageMetadata: either(endMetadata, startMetadata),
  }),
  finish: object({ type: only("finish"), finishReason: only(...finishReasons) }),
  abort: object({ type: only("abort") }),
  error: object({ type: only("error"), errorText: text }),
}
const guardOf: ReadonlyMap<unknown, Guard<Event>> = new Map(Object.entries(eventGuards))

export const isEvent: Guard<Event> = (value): value is Event =>
  isObject(value) && guardOf.get(value.type)?.(value) === true

/** Reads what a socket brought. Undefined for what is no frame of the protocol, which is to be passed over. */
export function parseFrame(data: unknown): Incoming | undefined {
  const frame = parseJson(data)
  if (!isObject(frame)) return undefined
  switch (frame.type) {
    case "run":
      return parseRun(frame)
    case "ack":
      return parseAck(frame)
    case "error":
      return { type: "error", ...(text(frame.id) && { id: frame.id }), error: ClientError.fromWire(frame) }
    case "chat":
      return chat(frame.chat) ? { type: "chat", chat: frame.chat } : undefined
    case "pong":
      return text(frame.id) ? { type: "pong", id: frame.id } : undefined
    default:
      return undefined
  }
}

const eventList = list(isEvent)
const runFrame = object({ runId, from: count, events: list(anything) })

function parseRun(frame: Record<string, unknown>): Incoming | undefined {
  if (!runFrame(frame) || frame.from < 1) return undefined
  const { runId: id, from, events } = frame
  if (eventList(events)) return { type: "run", runId: id, from, events }
  const at = events.findIndex((event) => !isEvent(event))
  const type = isObject(events[at]) ? String(events[at].type) : typeof events[at]
  const error = new ClientError(
    "internal",
    `Event ${from + at} of ${id} (${type}) is none that this client can read. Is the server newer? Reload or update.`,
  )
  return { type: "unreadable", runId: id, error }
}

function parseAck({ type: _, id, ...fields }: Record<string, unknown>): Incoming | undefined {
  return text(id) ? { type: "ack", id, fields } : undefined
}

function parseJson(data: unknown): unknown {
  if (typeof data !== "string") return undefined
  try {
    return JSON.parse(data)
  } catch {
    return undefined // some other machine's message: to be passed over like any unknown frame
  }
}
