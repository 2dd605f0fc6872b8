import { ClientError } from "@omnichat/client/client"
import type { ChatSummary, Message } from "@omnichat/core/protocol/http"
import type { MessageId, RunId } from "@omnichat/core/protocol/id"
import { add, keyOf, name, newTree, pathTo } from "../tree.ts"
import { follow } from "./follow.ts"
import { answerOf } from "./talk.ts"
import type { ConversationState, Talk } from "./talk.ts"
import { turnOf, update } from "./turn.ts"
import type { Turn } from "./turn.ts"

const firstPage = 50
const olderPage = 100

/** Reads the newest messages and goes on following what is unfinished. Never rejects: `phase` tells. */
export async function load(talk: Talk): Promise<void> {
  const { http } = talk.client
  talk.holder.change((draft) => {
    draft.phase = "loading"
    delete draft.problem
  })
  try {
    const [summary, page] = await Promise.all([http.chat(talk.id), http.messages(talk.id, { limit: firstPage })])
    talk.holder.change((draft) => {
      merge(draft, page.messages)
      setOlder(draft, page.next)
      if (summary.temporary) draft.temporary = true
    })
    await reach(talk, summary.leafId)
    talk.holder.change((draft) => {
      choose(draft, summary.leafId)
      draft.phase = "ready"
    })
    followUnfinished(talk, summary)
    const missed = talk.missed
    delete talk.missed
    if (missed) applySummary(talk, missed)
  } catch (error) {
    talk.holder.change((draft) => {
      const code = error instanceof ClientError ? error.code : "internal"
      draft.phase = code === "not_found" || code === "invalid" ? "missing" : "failed"
      draft.problem = error instanceof Error ? error.message : String(error)
    })
  }
}

/** Reads on until the visible path has grown. Rejects with ClientError; may be called again then. */
export async function loadOlder(talk: Talk): Promise<void> {
  const { holder } = talk
  if (holder.state.older === undefined || holder.state.loadingOlder) return
  holder.change((draft) => {
    draft.loadingOlder = true
  })
  try {
    const before = pathTo(holder.state, holder.state.leaf).length
    do await readOlder(talk)
    while (holder.state.older !== undefined && pathTo(holder.state, holder.state.leaf).length === before)
  } finally {
    holder.change((draft) => {
      draft.loadingOlder = false
    })
  }
}

/** What a summary from the server means for the chat: its leaf, and runs that somebody else has begun. */
export function applySummary(talk: Talk, summary: ChatSummary): void {
  const { state, change } = talk.holder
  if (state.phase !== "ready") {
    if (state.phase === "loading") talk.missed = summary
    return
  }
  nameAnswers(talk, summary)
  const known = new Set(Object.values(state.nodes).map((turn) => turn.runId))
  const unknownRun = Object.keys(summary.runs).some((runId) => !known.has(runId as RunId))
  const unknownLeaf = summary.leafId !== null && !state.nodes[keyOf(state, summary.leafId)]
  if (unknownRun || unknownLeaf || lostSight(talk, summary)) void sync(talk)
  else if (talk.pending === 0) change((draft) => choose(draft, summary.leafId))
}

/** Reads what is new. Calls while it works are answered by one more reading. Never rejects. */
export function sync(talk: Talk): Promise<void> {
  talk.syncAgain = talk.syncing !== undefined
  return (talk.syncing ??= repeat(talk).finally(() => delete talk.syncing))
}

async function repeat(talk: Talk): Promise<void> {
  do {
    talk.syncAgain = false
    try {
      await readNew(talk)
    } catch (error) {
      if (error instanceof ClientError && error.code === "not_found" && talk.pending === 0) {
        talk.holder.change((draft) => {
          draft.phase = "missing"
        })
      }
      // Anything else passes: the next summary or reconnection comes here again.
    }
  } while (talk.syncAgain)
}

async function readNew(talk: Talk): Promise<void> {
  const { http } = talk.client
  const changes = talk.changes
  const summary = await http.chat(talk.id)
  nameAnswers(talk, summary)
  const page = await http.messages(talk.id, { limit: firstPage })
  talk.holder.change((draft) => {
    const gap = page.next !== undefined && !page.messages.some((message) => draft.nodes[keyOf(draft, message.id)])
    if (gap) forget(draft)
    merge(draft, page.messages)
    if (gap) setOlder(draft, page.next)
  })
  if (talk.pending === 0 && talk.changes === changes) await reach(talk, summary.leafId)
  // Words may have gone out meanwhile; a summary from before them would lead away from them.
  if (talk.changes !== changes) talk.syncAgain = true
  else if (talk.pending === 0) talk.holder.change((draft) => choose(draft, summary.leafId))
  followUnfinished(talk, summary)
}

/** Reads back to a leaf that lies in the past, on a branch the reader had gone to. */
async function reach(talk: Talk, leafId: MessageId | null): Promise<void> {
  const { state } = talk.holder
  while (leafId !== null && !state.nodes[keyOf(state, leafId)] && state.older !== undefined) await readOlder(talk)
}

async function readOlder(talk: Talk): Promise<void> {
  const { older } = talk.holder.state
  if (older === undefined) return
  const page = await talk.client.http.messages(talk.id, { cursor: older, limit: olderPage })
  talk.holder.change((draft) => {
    merge(draft, page.messages)
    setOlder(draft, page.next)
  })
}

/** A summary may know the id of an answer before the ack of its start is here. */
function nameAnswers(talk: Talk, summary: ChatSummary): void {
  talk.holder.change((draft) => {
    for (const [runId, messageId] of Object.entries(summary.runs)) {
      const answer = answerOf(draft, runId as RunId)
      if (answer && !answer.id) name(draft, answer.key, messageId)
    }
  })
}

function followUnfinished(talk: Talk, summary: ChatSummary): void {
  const runOf = new Map(Object.entries(summary.runs).map(([runId, messageId]) => [messageId, runId as RunId]))
  for (const turn of Object.values(talk.holder.state.nodes)) {
    if (turn.role !== "assistant" || turn.status !== "running" || turn.live) continue
    const runId = turn.runId ?? (turn.id && runOf.get(turn.id))
    if (runId && !talk.lost.has(runId)) follow(talk, runId, turn.key)
  }
}

/** An answer that is unfinished here, not followed, and no longer among the chat's runs. */
function lostSight(talk: Talk, summary: ChatSummary): boolean {
  return Object.values(talk.holder.state.nodes).some(
    ({ role, status, live, runId }) =>
      role === "assistant" && status === "running" && !live && !(runId && summary.runs[runId]),
  )
}

function merge(draft: ConversationState, messages: readonly Message[]): void {
  // Newest first as they come; parents first as they are put, so that renamed ones are known to their children.
  for (const message of messages.toReversed()) {
    const key = keyOf(draft, message.id)
    const known = draft.nodes[key]
    if (known) update(known, message)
    else add(draft, turnOf(message, key, message.parentId === null ? null : keyOf(draft, message.parentId)))
  }
}

/** Lets go of everything the server can give again; what is on its way stays. */
function forget(draft: ConversationState): void {
  const own = Object.values(draft.nodes).filter((turn) => turn.sending !== undefined || turn.live !== undefined)
  Object.assign(draft, newTree<Turn>(), { alias: draft.alias, leaf: draft.leaf })
  for (const turn of own) add(draft, turn)
}

function choose(draft: ConversationState, leafId: MessageId | null): void {
  if (leafId === null) return
  const key = keyOf(draft, leafId)
  if (draft.nodes[key]) draft.leaf = extend(draft, key)
}

/** Words on their way out hang on what the server calls the leaf. */
function extend(draft: ConversationState, key: string): string {
  const next = draft.children[key]?.findLast((child) => draft.nodes[child]?.sending !== undefined)
  if (next === undefined) return key
  const answer = draft.children[next]?.at(-1)
  return extend(draft, answer ?? next)
}

function setOlder(draft: ConversationState, next: string | undefined): void {
  if (next === undefined) delete draft.older
  else draft.older = next
}
