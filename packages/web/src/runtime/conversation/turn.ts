import type { Event, Usage } from "@omnichat/core/protocol/event"
import { isTerminal } from "@omnichat/core/protocol/event"
import type { Message, MessageStatus } from "@omnichat/core/protocol/http"
import type { RunId } from "@omnichat/core/protocol/id"
import type { Part } from "@omnichat/core/protocol/part"
import { apply } from "@omnichat/core/protocol/reduce"
import type { Reduction } from "@omnichat/core/protocol/reduce"
import type { TreeNode } from "../tree.ts"
import { hear } from "./queue.ts"
import type { Queue } from "./queue.ts"

/** One message of a chat as it is drawn: stored, on its way out, or being written. */
export type Turn = TreeNode & {
  role: "user" | "assistant"
  parts: Part[]
  status: MessageStatus
  createdAt: string
  model?: string
  usage?: Usage
  error?: TurnError
  /** Of an answer: the run that writes it. Of a question that is on its way: the run that it starts. */
  runId?: RunId
  /** Of a question the server has not confirmed. `queued`: it waits for the answer before it. */
  sending?: "queued" | "sending" | "refused"
  /** While its run is followed. Its parts are the ones drawn as soon as it has words. */
  live?: Reduction
  /** What a run without words yet is waiting for. */
  queue?: Queue
  /** The reader has asked to stop; the end is not here yet. */
  stopping?: true
  /** The answer ended at the length limit. */
  cut?: true
  /** When the thinking began (epoch ms) and, once it is over, how long it took. */
  thought?: { from: number; exact: boolean; ms?: number }
}

export type TurnError = { code: string; message: string; retryable: boolean }

export function turnOf(message: Message, key: string, parent: string | null): Turn {
  const { id, role, parts, status, createdAt, model, usage, error, runId } = message
  return {
    key,
    id,
    parent,
    role,
    parts,
    status,
    createdAt,
    ...(model !== undefined && { model }),
    ...(usage && { usage }),
    ...(error && { error }),
    ...(runId && { runId }),
  }
}

/** Brings a turn up to what the server has stored. A followed run knows better; what has ended never changes. */
export function update(turn: Turn, message: Message): void {
  if (turn.live || turn.status === message.status) return
  Object.assign(turn, turnOf(message, turn.key, turn.parent))
}

/** Adds events to a turn whose run is followed. `now` is epoch milliseconds. */
export function take(turn: Turn, events: readonly Event[], now: number): void {
  for (const event of joined(events)) {
    if (!turn.live) return
    apply(turn.live, event)
    note(turn, event, now)
    if (isTerminal(event)) end(turn, turn.live)
  }
  if (turn.live && turn.parts !== turn.live.parts && hasWords(turn.live.parts)) turn.parts = turn.live.parts
}

/** Neighbouring words of one text as one event: each change of what is drawn has its price. */
function joined(events: readonly Event[]): readonly Event[] {
  const fewer: Event[] = []
  for (const event of events) {
    const last = fewer.at(-1)
    if (event.type === "text-delta" && last?.type === "text-delta" && last.id === event.id)
      fewer[fewer.length - 1] = { ...event, delta: last.delta + event.delta }
    else fewer.push(event)
  }
  return fewer
}

/** What the events say beside the message itself. */
function note(turn: Turn, event: Event, now: number): void {
  switch (event.type) {
    case "start":
      turn.model = event.messageMetadata.model
      turn.createdAt = event.messageMetadata.createdAt
      return
    case "data-queue":
      // A run that is found under way tells all at once what has been.
      turn.queue = hear(turn.queue, event.data, now, turn.thought?.exact !== false)
      return
    case "reasoning-start":
      delete turn.queue
      if (turn.thought) turn.thought.from = turn.thought.exact ? now : Date.parse(turn.createdAt)
      else turn.thought = { from: now, exact: true }
      return
    case "reasoning-end":
      if (turn.thought?.exact) turn.thought.ms = (turn.thought.ms ?? 0) + now - turn.thought.from
      return
    case "text-start":
      delete turn.queue
      return
    case "finish":
      if (event.finishReason === "length") turn.cut = true
  }
}

function end(turn: Turn, live: Reduction): void {
  turn.parts = live.parts
  turn.status = live.end?.status ?? "interrupted"
  if (live.end) turn.usage = live.end.usage
  if (live.end?.error) turn.error = live.end.error
  delete turn.live
  delete turn.queue
  delete turn.stopping
}

export function hasWords(parts: readonly Part[]): boolean {
  return parts.some((part) => "text" in part && part.text !== "")
}

/** The words of a message as one text: what is copied, edited and read out. */
export function textOf(parts: readonly Part[]): string {
  return parts.flatMap((part) => (part.type === "text" && part.text !== "" ? [part.text] : [])).join("\n\n")
}
