import type { EndMetadata, EndedStatus, Event } from "./event.ts"
import type { Part, ReasoningPart, TextPart, ToolPart } from "./part.ts"

/**
 * The one function that turns a run's events into its message: used by the worker, the sweeper, the web app and the
 * client, so that all of them hold the same words (protocol G2). It leaves what the AI SDK's `readUIMessageStream`
 * leaves, without keys that hold undefined.
 *
 * `apply` changes the reduction in place: an answer of n events costs n steps, and a Solid store's `produce` can run
 * it too.
 */
export type Reduction = {
  parts: Part[]
  /** Where each open block or tool call lies in `parts`. */
  open: { text: Record<string, number>; reasoning: Record<string, number>; tool: Record<string, number> }
  /** The text of tool inputs that are still arriving, by tool call. */
  toolInput: Record<string, string>
  stepOpen: boolean
  model?: string
  createdAt?: string
  messageId?: string
  end?: EndMetadata
  terminal?: "finish" | "abort" | "error"
}

export function newReduction(): Reduction {
  return { parts: [], open: { text: map(), reasoning: map(), tool: map() }, toolInput: map(), stepOpen: false }
}

export function reduce(events: Iterable<Event>, reduction = newReduction()): Reduction {
  for (const event of events) apply(reduction, event)
  return reduction
}

/** The status an ended run has by its events; undefined while it goes on. */
export function endedStatus(reduction: Reduction): EndedStatus | undefined {
  return reduction.terminal === undefined ? undefined : reduction.end?.status
}

/** Adds one event. Throws a RangeError on one that no correct journal holds at this place. */
export function apply(reduction: Reduction, event: Event): void {
  const { parts, open } = reduction
  switch (event.type) {
    case "start":
      reduction.messageId = event.messageId
      reduction.model = event.messageMetadata.model
      reduction.createdAt = event.messageMetadata.createdAt
      return
    case "start-step":
      reduction.stepOpen = true
      parts.push({ type: "step-start" })
      return
    case "finish-step":
      reduction.stepOpen = false
      open.text = map()
      open.reasoning = map()
      return
    case "text-start":
      open.text[event.id] = parts.push({ type: "text", text: "", state: "streaming" }) - 1
      return
    case "text-delta":
      block<TextPart>(parts, open.text, event).text += event.delta
      return
    case "text-end":
      block<TextPart>(parts, open.text, event).state = "done"
      delete open.text[event.id]
      return
    case "reasoning-start":
      open.reasoning[event.id] = parts.push({ type: "reasoning", id: event.id, text: "", state: "streaming" }) - 1
      return
    case "reasoning-delta":
      block<ReasoningPart>(parts, open.reasoning, event).text += event.delta
      return
    case "reasoning-end": {
      const part = block<ReasoningPart>(parts, open.reasoning, event)
      part.state = "done"
      if (event.providerMetadata) part.providerMetadata = event.providerMetadata
      delete open.reasoning[event.id]
      return
    }
    case "source-url":
    case "source-document":
    case "file":
      parts.push({ ...event })
      return
    case "message-metadata":
      if ("status" in event.messageMetadata) reduction.end = event.messageMetadata
      return
    case "data-queue":
      return
    case "finish":
    case "abort":
    case "error":
      reduction.terminal = event.type
      return
    default:
      applyTool(reduction, event)
  }
}

type ToolEvent = Extract<Event, { toolCallId: string }>

function applyTool(reduction: Reduction, event: ToolEvent): void {
  const { parts, open, toolInput } = reduction
  const id = event.toolCallId
  if (event.type === "tool-input-start") {
    open.tool[id] =
      parts.push({ type: "dynamic-tool", toolName: event.toolName, toolCallId: id, state: "input-streaming" }) - 1
    toolInput[id] = ""
    return
  }
  if (open.tool[id] === undefined && (event.type === "tool-input-available" || event.type === "tool-input-error")) {
    open.tool[id] =
      parts.push({ type: "dynamic-tool", toolName: event.toolName, toolCallId: id, state: "input-streaming" }) - 1
  }
  const at = open.tool[id]
  if (at === undefined) throw new RangeError(`${event.type} for the tool call ${id}, which has not begun`)
  const part = parts[at] as ToolPart
  switch (event.type) {
    case "tool-input-delta":
      toolInput[id] = (toolInput[id] ?? "") + event.inputTextDelta
      return
    case "tool-input-available":
      part.state = "input-available"
      part.input = event.input
      delete toolInput[id]
      return
    case "tool-input-error":
      part.state = "output-error"
      part.input = event.input
      part.errorText = event.errorText
      break
    case "tool-approval-request":
      part.state = "approval-requested"
      part.approval = { id: event.approvalId }
      return
    case "tool-output-available":
      part.state = "output-available"
      part.output = event.output
      break
    case "tool-output-error":
      part.state = "output-error"
      part.errorText = event.errorText
      break
    case "tool-output-denied":
      part.state = "output-denied"
      break
  }
  delete open.tool[id]
  delete toolInput[id]
}

/** Without a prototype: ids come from providers, and `__proto__` is one like any other. */
function map<V>(): Record<string, V> {
  return Object.create(null) as Record<string, V>
}

function block<P extends Part>(parts: Part[], open: Record<string, number>, event: { type: string; id: string }): P {
  const at = open[event.id]
  if (at === undefined) throw new RangeError(`${event.type} for the block ${event.id}, which is not open`)
  return parts[at] as P
}
