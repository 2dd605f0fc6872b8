import { readUIMessageStream } from "ai"
import type { UIMessageChunk } from "ai"
import type { Event } from "../support/raw-client.ts"

/** What docs/protocol.md says of a whole run's events (E1 to E4), and the message they make (G2). */

type End = {
  status: string
  usage: Record<string, number>
  error?: { code: string; message: string; retryable: boolean }
}

const terminalOf: Record<string, string> = {
  complete: "finish",
  stopped: "abort",
  failed: "error",
  interrupted: "error",
}
const terminals = new Set(Object.values(terminalOf))

/** The status, usage and error an ended run tells. @throws when it is not over */
export function endOf(events: Event[]): End {
  const metadata = events.at(-2)
  if (metadata?.type !== "message-metadata") throw new Error(`no metadata before the end: ${JSON.stringify(metadata)}`)
  return metadata["messageMetadata"] as End
}

export function textOf(events: Event[]): string {
  return events.map((event) => (event.type === "text-delta" ? String(event["delta"]) : "")).join("")
}

export function reasoningOf(events: Event[]): string {
  return events.map((event) => (event.type === "reasoning-delta" ? String(event["delta"]) : "")).join("")
}

/** What is wrong with a whole run, from number 1 to its terminal event. */
export function runProblem(events: Event[]): string | undefined {
  return orderProblem(events) ?? endProblem(events)
}

function orderProblem(events: Event[]): string | undefined {
  const open = new Map<string, string>()
  const used = new Set<string>()
  let step = false
  for (const [index, { type, ...event }] of events.entries()) {
    const number = index + 1
    if ((type === "start") !== (number === 1)) return `${type} is event ${number}`
    if (terminals.has(type) !== (number === events.length)) return `${type} is event ${number} of ${events.length}`
    const [kind = "", action = ""] = type.split("-")
    const id = String(event["id"])
    if (kind === "text" || kind === "reasoning") {
      if (action === "start") {
        if (used.has(id)) return `the block ${id} begins twice, at ${number}`
        used.add(id)
        open.set(id, kind)
      } else if (open.get(id) !== kind) return `${type} of ${id}, which is not open, at ${number}`
      if (action === "end") open.delete(id)
    }
    if (type === "start-step") {
      if (step) return `a step begins in a step, at ${number}`
      step = true
    }
    if (type === "finish-step") {
      if (!step || open.size > 0) return `finish-step at ${number} with ${open.size} blocks open`
      step = false
    }
    if (type === "message-metadata" && number !== events.length - 1) return `metadata at ${number} of ${events.length}`
  }
  return open.size > 0 || step ? `left open: ${[...open.keys()].join(", ")}${step ? " and the step" : ""}` : undefined
}

function endProblem(events: Event[]): string | undefined {
  const { status, error } = endOf(events)
  const terminal = events.at(-1)?.type
  if (terminalOf[status] !== terminal) return `${status} ends with ${terminal}`
  if ((error !== undefined) !== (terminal === "error")) return `${status} with the error ${JSON.stringify(error)}`
  return undefined
}

/** The parts that the AI SDK's own reader leaves, without undefined keys. */
export async function partsOf(events: Event[]): Promise<unknown[]> {
  const stream = new ReadableStream<UIMessageChunk>({
    start(controller) {
      // The wire's checks have passed these events through the SDK's schema.
      for (const each of structuredClone(events) as unknown[]) controller.enqueue(each as UIMessageChunk)
      controller.close()
    },
  })
  let parts: unknown[] = []
  // A terminal `error` event is told here; what it says stands in the events too.
  for await (const message of readUIMessageStream({ stream, onError: () => {} })) parts = message.parts
  return JSON.parse(JSON.stringify(parts)) as unknown[]
}
