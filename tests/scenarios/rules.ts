import * as newest from "ai"
import * as strict from "ai-6-0-200"
import type { Event, Frame } from "../support/raw-client.ts"

/** What docs/protocol.md says of the shape of every frame and event, written down a second time, without our schemas. */

export const idPattern = /^(?:run|cht|msg|fil)_[0-9A-HJKMNP-TV-Z]{26}$/
export const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/
export const errorCodes = [
  "invalid",
  "unauthenticated",
  "forbidden",
  "not_found",
  "conflict",
  "too_large",
  "rate_limited",
  "budget_exceeded",
  "model_not_found",
  "model_unavailable",
  "upstream_failed",
  "interrupted",
  "internal",
]
const statuses = ["queued", "running", "stopping", "complete", "stopped", "failed", "interrupted"]

type Test = (value: unknown) => boolean
/** The keys an object must have, and those with `?` it may; any other is wrong. */
type Shape = Record<string, Test>

const text: Test = (value) => typeof value === "string"
const flag: Test = (value) => typeof value === "boolean"
const whole: Test = (value) => Number.isSafeInteger(value) && Number(value) >= 0
const anything: Test = () => true
const list: Test = (value) => Array.isArray(value)
const time: Test = (value) => typeof value === "string" && timePattern.test(value)
const oneOf =
  (values: string[]): Test =>
  (value) =>
    values.includes(String(value))
const only =
  (wanted: unknown): Test =>
  (value) =>
    value === wanted
const id =
  (prefix: string): Test =>
  (value) =>
    typeof value === "string" && value.startsWith(`${prefix}_`) && idPattern.test(value)
const object =
  (shape: Shape): Test =>
  (value) =>
    shapeProblem(value, shape) === undefined
/** Of an object's values, whatever its keys. */
const mapOf =
  (key: Test, each: Test): Test =>
  (value) =>
    typeof value === "object" && value !== null && Object.entries(value).every(([name, of]) => key(name) && each(of))

/** What is wrong with the keys or values of an object. */
export function shapeProblem(value: unknown, shape: Shape): string | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return `${JSON.stringify(value)} is no object`
  const known = new Set(Object.keys(shape).map((key) => key.replace("?", "")))
  const extra = Object.keys(value).find((key) => !known.has(key))
  if (extra !== undefined) return `the key ${extra} in ${JSON.stringify(value).slice(0, 300)}`
  for (const [key, test] of Object.entries(shape)) {
    const name = key.replace("?", "")
    if (!(name in value)) {
      if (key === name) return `no ${name} in ${JSON.stringify(value).slice(0, 300)}`
    } else if (!test((value as Record<string, unknown>)[name])) {
      return `the value of ${name} in ${JSON.stringify(value).slice(0, 300)}`
    }
  }
  return undefined
}

const error = { code: oneOf(errorCodes), message: text, retryable: flag }

export const summaryShape: Shape = {
  id: id("cht"),
  title: text,
  createdAt: time,
  updatedAt: time,
  leafId: (value) => value === null || id("msg")(value),
  runs: mapOf(id("run"), id("msg")),
  "temporary?": only(true),
}

export const usageShape: Shape = {
  inputTokens: whole,
  outputTokens: whole,
  durationMs: whole,
  "firstTokenMs?": whole,
  "cacheReadTokens?": whole,
  "cacheWriteTokens?": whole,
  "reasoningMs?": whole,
  "estimated?": flag,
}

export const messageShape: Shape = {
  id: id("msg"),
  parentId: (value) => value === null || id("msg")(value),
  role: oneOf(["user", "assistant"]),
  parts: list,
  "model?": text,
  status: oneOf(["running", "complete", "stopped", "failed", "interrupted"]),
  "usage?": object(usageShape),
  "error?": object(error),
  createdAt: time,
  "runId?": id("run"),
}

const acked: Shape = { type: text, id: text, runId: id("run") }
const ackShapes: Shape[] = [
  { ...acked, chatId: id("cht"), "userMessageId?": id("msg"), messageId: id("msg"), status: oneOf(statuses) },
  { ...acked, chatId: id("cht"), messageId: id("msg"), status: oneOf(statuses), last: whole },
  { ...acked, status: oneOf(statuses) },
  acked,
]

/** What is wrong with a frame from the server. */
export function frameProblem(frame: Frame): string | undefined {
  switch (frame.type) {
    case "ack":
      return ackShapes.some((shape) => shapeProblem(frame, shape) === undefined)
        ? undefined
        : `the ack ${JSON.stringify(frame)}`
    case "error":
      return shapeProblem(frame, { type: text, "id?": text, ...error, "retryAfterMs?": whole })
    case "run":
      return (
        shapeProblem(frame, {
          type: text,
          runId: id("run"),
          from: (value) => whole(value) && value !== 0,
          events: list,
        }) ?? (frame["events"] as Event[]).map(eventProblem).find((problem) => problem !== undefined)
      )
    case "chat":
      return shapeProblem(frame, {
        type: text,
        chat: (chat) => object(summaryShape)(chat) || object({ id: id("cht"), deleted: only(true) })(chat),
      })
    case "pong":
      return shapeProblem(frame, { type: text, id: text })
    default:
      return `a frame of type ${String(frame.type)}`
  }
}

const block = { id: text }
const call = { toolCallId: text }
const dynamic = { toolName: text, dynamic: only(true) }
const eventShapes: Record<string, Shape> = {
  start: { messageId: id("msg"), messageMetadata: object({ model: text, createdAt: time }) },
  "start-step": {},
  "finish-step": {},
  "text-start": block,
  "text-delta": { ...block, delta: text },
  "text-end": block,
  "reasoning-start": block,
  "reasoning-delta": { ...block, delta: text },
  "reasoning-end": { ...block, "providerMetadata?": mapOf(text, mapOf(text, anything)) },
  "tool-input-start": { ...call, ...dynamic },
  "tool-input-delta": { ...call, inputTextDelta: text },
  "tool-input-available": { ...call, ...dynamic, input: anything },
  "tool-input-error": { ...call, ...dynamic, input: anything, errorText: text },
  "tool-approval-request": { approvalId: text, ...call },
  "tool-output-available": { ...call, output: anything },
  "tool-output-error": { ...call, errorText: text },
  "tool-output-denied": call,
  "source-url": { sourceId: text, url: text, "title?": text },
  "source-document": { sourceId: text, mediaType: text, title: text, "filename?": text },
  file: { url: text, mediaType: text },
  "data-queue": {
    data: object({
      reason: oneOf(["position", "loading", "starting"]),
      "position?": whole,
      "progress?": (value) => typeof value === "number",
      "etaMs?": whole,
    }),
    transient: only(true),
  },
  "message-metadata": {
    messageMetadata: object({
      status: oneOf(["complete", "stopped", "failed", "interrupted"]),
      usage: object(usageShape),
      "error?": object(error),
    }),
  },
  finish: { finishReason: oneOf(["stop", "length", "content-filter", "tool-calls", "other"]) },
  abort: {},
  error: { errorText: text },
}

const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/

/** What is wrong with an event by itself. */
export function eventProblem(event: Event): string | undefined {
  const shape = eventShapes[event.type]
  if (shape === undefined) return `an event of type ${event.type}`
  const json = JSON.stringify(event)
  if (Buffer.byteLength(json) > 24_000) return `an event of ${Buffer.byteLength(json)} bytes`
  if (typeof event["delta"] === "string" && loneSurrogate.test(event["delta"])) return `half a character in ${json}`
  return shapeProblem(event, { type: text, ...shape })
}

/** What the AI SDK says of an event: its strictest version and the newest. */
export async function sdkProblem(event: Event): Promise<string | undefined> {
  const [old, now] = await Promise.all([
    strict.asSchema(strict.uiMessageChunkSchema).validate?.(event),
    newest.asSchema(newest.uiMessageChunkSchema).validate?.(event),
  ])
  return old?.success === true && now?.success === true ? undefined : `the AI SDK refuses ${JSON.stringify(event)}`
}
