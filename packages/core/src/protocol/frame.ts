import * as v from "valibot"
import type { ErrorCode } from "./error.ts"
import type { EndedStatus, Event, RunStatus } from "./event.ts"
import type { ChatSummary } from "./http.ts"
import { chatId, messageId, runId } from "./id.ts"
import type { ChatId, MessageId, RunId } from "./id.ts"
import { limits } from "./limits.ts"
import { strictRecord } from "./object.ts"
import { inputPart } from "./part.ts"

/** What a client asks of the model (protocol A11). Absent means: as the model's own default has it. */
export const params = strictRecord({
  temperature: v.exactOptional(v.pipe(v.number(), v.minValue(0), v.maxValue(2))),
  topP: v.exactOptional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
  maxOutputTokens: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
  stop: v.exactOptional(v.array(v.pipe(v.string(), v.nonEmpty()))),
  seed: v.exactOptional(v.pipe(v.number(), v.safeInteger())),
  reasoning: v.exactOptional(v.picklist(["off", "low", "medium", "high"])),
  system: v.exactOptional(v.string()),
})
export type Params = v.InferOutput<typeof params>

/** The content of a start, by socket (with `action` and `id`) or as the body of `POST /api/runs`. */
export const startFields = {
  runId,
  chatId: v.exactOptional(chatId),
  parentId: v.exactOptional(v.nullable(messageId)),
  message: v.exactOptional(
    v.strictObject({
      id: v.exactOptional(messageId),
      parts: v.pipe(
        v.array(inputPart),
        v.minLength(1, "a message has at least one part"),
        v.check(
          (parts) => parts.filter((part) => part.type === "file").length <= limits.filesPerMessage,
          `a message names at most ${limits.filesPerMessage} files`,
        ),
      ),
    }),
  ),
  model: v.pipe(v.string(), v.nonEmpty(), v.maxLength(256)),
  params: v.exactOptional(params),
  continue: v.exactOptional(v.boolean()),
  temporary: v.exactOptional(v.boolean()),
}
export const startBody = v.strictObject(startFields)
export type StartBody = v.InferOutput<typeof startBody>

const actionId = v.pipe(v.string(), v.minLength(1), v.maxLength(64))
const after = v.pipe(v.number(), v.safeInteger(), v.minValue(0))

/** Frames to the server (protocol A1). */
export const action = v.variant("action", [
  v.strictObject({ action: v.literal("run.start"), id: actionId, ...startFields }),
  v.strictObject({ action: v.literal("run.follow"), id: actionId, runId, after }),
  v.strictObject({ action: v.literal("run.unfollow"), id: actionId, runId }),
  v.strictObject({ action: v.literal("run.stop"), id: actionId, runId }),
  v.strictObject({
    action: v.literal("run.approve"),
    id: actionId,
    runId,
    approvalId: v.string(),
    approved: v.boolean(),
    reason: v.exactOptional(v.string()),
  }),
  v.strictObject({ action: v.literal("ping"), id: actionId }),
])
export type Action = v.InferOutput<typeof action>

/** How a run's status is told: an unfinished run with the stop flag is `stopping` (protocol F4). */
export type ReportedStatus = RunStatus | "stopping"

export type StartAck = {
  runId: RunId
  chatId: ChatId
  userMessageId?: MessageId
  messageId: MessageId
  status: ReportedStatus
}
export type FollowAck = {
  runId: RunId
  chatId: ChatId
  messageId: MessageId
  status: ReportedStatus
  /** The number of the newest event. */
  last: number
}
export type StopAck = { runId: RunId; status: "stopping" | EndedStatus }

export type AckFields = StartAck | FollowAck | StopAck | { runId: RunId }

/** Frames from the server (protocol F1). */
export type AckFrame = { type: "ack"; id: string } & AckFields
export type ErrorFrame = {
  type: "error"
  id?: string
  code: ErrorCode
  message: string
  retryable: boolean
  retryAfterMs?: number
}
export type RunFrame = { type: "run"; runId: RunId; from: number; events: Event[] }
export type ChatFrame = { type: "chat"; chat: ChatSummary | { id: ChatId; deleted: true } }
export type PongFrame = { type: "pong"; id: string }
export type Frame = AckFrame | ErrorFrame | RunFrame | ChatFrame | PongFrame
