import type { Client, Run } from "@omnichat/client/client"
import type { ChatSummary } from "@omnichat/core/protocol/http"
import type { ChatId, RunId } from "@omnichat/core/protocol/id"
import type { Holder } from "../holder.ts"
import type { Outbox } from "../outbox.ts"
import type { Tree } from "../tree.ts"
import { newTree } from "../tree.ts"
import type { Queue } from "./queue.ts"
import type { Turn } from "./turn.ts"

/** One chat as this page holds it. */
export type ConversationState = Tree<Turn> & {
  phase: "loading" | "ready" | "missing" | "failed"
  /** Why loading failed. */
  problem?: string
  /** The cursor of the next older messages; absent when all are here. */
  older?: string
  loadingOlder: boolean
  temporary?: true
}

export function newConversationState(): ConversationState {
  return { ...newTree<Turn>(), phase: "loading", loadingOlder: false }
}

/** What the verbs of a conversation share. */
export type Talk = {
  readonly id: ChatId
  readonly client: Client
  readonly holder: Holder<ConversationState>
  readonly outbox: Outbox
  readonly now: () => number
  /** The runs this page follows. */
  readonly runs: Map<RunId, Run>
  /** The runs that could not be followed; they are not tried again before the next connection. */
  readonly lost: Set<RunId>
  /**
   * How many of our own changes the server has not confirmed. While there are any, the leaf a summary names may be
   * older than the one we chose.
   */
  pending: number
  /** How many changes of our own have begun: a summary that was asked for before the last of them may know nothing of it. */
  changes: number
  /** The newest summary that came while there was no time for it. */
  missed?: ChatSummary
  syncing?: Promise<void>
  syncAgain?: boolean
  /** Called when a run ends, or cannot be followed. */
  ended(key: string, error?: Error): void
}

/** What one of the chat's unfinished runs waits for. */
export function waitIn(state: ConversationState, chat: ChatSummary): Queue | undefined {
  for (const runId of Object.keys(chat.runs)) {
    const queue = answerOf(state, runId as RunId)?.queue
    if (queue) return queue
  }
  return undefined
}

export function answerOf(state: ConversationState, runId: RunId): Turn | undefined {
  return Object.values(state.nodes).find((turn) => turn.runId === runId && turn.role === "assistant")
}
