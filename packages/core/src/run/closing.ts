import type { EndMetadata, Event, FinishReason, Usage } from "../protocol/event.ts"
import type { WireError } from "../protocol/error.ts"
import type { Reduction } from "../protocol/reduce.ts"
import type { ToolPart } from "../protocol/part.ts"

/** How a run ends. */
export type Outcome =
  | { status: "complete"; finishReason: FinishReason }
  | { status: "stopped" }
  | { status: "failed" | "interrupted"; error: WireError }

/**
 * The events that end a run, given what it has said so far (protocol E4): open blocks and tool calls are ended, then
 * the step, then the facts, then exactly one terminal event.
 */
export function closingEvents(reduction: Reduction, outcome: Outcome, usage: Usage): Event[] {
  const { open, parts } = reduction
  const events: Event[] = []
  for (const id of Object.keys(open.reasoning)) events.push({ type: "reasoning-end", id })
  for (const id of Object.keys(open.text)) events.push({ type: "text-end", id })
  for (const [toolCallId, at] of Object.entries(open.tool)) {
    const part = parts[at] as ToolPart
    const errorText =
      outcome.status === "stopped" ? "Stopped before it was done." : "The answer ended before it was done."
    events.push(
      part.state === "input-streaming"
        ? {
            type: "tool-input-error",
            toolCallId,
            toolName: part.toolName,
            input: reduction.toolInput[toolCallId] ?? "",
            errorText,
            dynamic: true,
          }
        : { type: "tool-output-error", toolCallId, errorText },
    )
  }
  if (reduction.stepOpen) events.push({ type: "finish-step" })
  const messageMetadata: EndMetadata = { status: outcome.status, usage }
  if ("error" in outcome) messageMetadata.error = outcome.error
  events.push({ type: "message-metadata", messageMetadata })
  events.push(terminalEvent(outcome))
  return events
}

function terminalEvent(outcome: Outcome): Event {
  switch (outcome.status) {
    case "complete":
      return { type: "finish", finishReason: outcome.finishReason }
    case "stopped":
      return { type: "abort" }
    default:
      return { type: "error", errorText: outcome.error.message }
  }
}

/** A guess at tokens where nobody counted them: four characters each. */
export const estimateTokens = (characters: number): number => Math.ceil(characters / 4)

/** How many characters of text and reasoning an answer holds. */
export function spokenCharacters(reduction: Reduction): number {
  let characters = 0
  for (const part of reduction.parts)
    if (part.type === "text" || part.type === "reasoning") characters += part.text.length
  return characters
}
