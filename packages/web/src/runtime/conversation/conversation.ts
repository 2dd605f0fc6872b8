import type { Client } from "@omnichat/client/client"
import type { ChatSummary } from "@omnichat/core/protocol/http"
import type { ChatId } from "@omnichat/core/protocol/id"
import type { Draft } from "../drafts.ts"
import type { MakeHolder } from "../holder.ts"
import type { Outbox } from "../outbox.ts"
import { newestLeaf, pathTo } from "../tree.ts"
import { stop } from "./follow.ts"
import { applySummary, load, loadOlder, sync } from "./load.ts"
import { again, edit, goOn, pump, restore, send, withdraw } from "./send.ts"
import type { Wish } from "./send.ts"
import { newConversationState } from "./talk.ts"
import type { ConversationState, Talk } from "./talk.ts"

/** One chat on this page: its messages, the runs that write them, and what the reader does with them. */
export interface Conversation {
  readonly id: ChatId
  readonly state: ConversationState
  /** Reads the chat; again after a failure. */
  load(): Promise<void>
  loadOlder(): Promise<void>
  /** After a time without a connection. */
  catchUp(): Promise<void>
  applySummary(summary: ChatSummary): void
  send(content: Draft, wish: Wish): void
  edit(key: string, content: Draft, wish: Wish): void
  withdraw(key: string): Draft
  again(key: string, wish: Wish): void
  goOn(key: string, wish: Wish): void
  stop(key: string): void
  /** Shows the branch that begins with a message, also after a reload. */
  choose(key: string): void
  /** The chat has been deleted, here or elsewhere. */
  gone(): void
  /** Nothing would be lost by letting go of it. */
  idle(): boolean
  /** Lets go of its runs; they go on without this page. */
  close(): void
}

export type ConversationOptions = {
  id: ChatId
  client: Client
  outbox: Outbox
  hold: MakeHolder
  now: () => number
  /** The server cannot know it yet: there is nothing to load. */
  fresh: boolean
}

export function createConversation(options: ConversationOptions): Conversation {
  const { id, client, outbox, hold, now } = options
  const holder = hold(newConversationState())
  let closed = false
  const talk: Talk = {
    id,
    client,
    holder,
    outbox,
    now,
    runs: new Map(),
    lost: new Set(),
    pending: 0,
    changes: 0,
    ended,
  }

  function ended(key: string, error?: Error): void {
    if (closed) return
    const turn = holder.state.nodes[key]
    if (turn?.live && error && turn.id) {
      if (turn.runId) talk.lost.add(turn.runId)
      holder.change((draft) => delete draft.nodes[key]?.live)
      void sync(talk)
    }
    pump(talk)
  }

  const begin = async () => {
    await load(talk)
    // A chat that has never reached the server is here all the same, as long as its first message waits.
    if (holder.state.phase === "missing" && outbox.of(id).length > 0) setReady()
    if (holder.state.phase === "ready") restore(talk)
  }
  const setReady = () =>
    holder.change((draft) => {
      draft.phase = "ready"
    })
  if (options.fresh) setReady()
  /** Until the first message of a new chat is confirmed, nothing can be asked of it; with that it is up to date. */
  const unknown = () => options.fresh && Object.values(holder.state.nodes).every((turn) => turn.id === undefined)

  return {
    id,
    state: holder.state,
    load: begin,
    loadOlder: () => loadOlder(talk),
    catchUp() {
      talk.lost.clear()
      if (holder.state.phase === "failed") return begin()
      if (unknown()) return Promise.resolve()
      return holder.state.phase === "ready" ? sync(talk) : Promise.resolve()
    },
    applySummary: (summary) => applySummary(talk, summary),
    send: (content, wish) => send(talk, content, wish),
    edit: (key, content, wish) => edit(talk, key, content, wish),
    withdraw: (key) => withdraw(talk, key),
    again: (key, wish) => again(talk, key, wish),
    goOn: (key, wish) => goOn(talk, key, wish),
    stop: (key) => stop(talk, key),
    choose: (key) => choose(talk, key),
    gone: () =>
      holder.change((draft) => {
        draft.phase = "missing"
      }),
    idle: () => talk.runs.size === 0 && talk.pending === 0 && outbox.of(id).length === 0,
    close() {
      closed = true
      for (const run of talk.runs.values()) run.leave()
      talk.runs.clear()
    },
  }
}

function choose(talk: Talk, key: string): void {
  const leaf = newestLeaf(talk.holder.state, key)
  talk.holder.change((draft) => {
    draft.leaf = leaf
  })
  const leafId = talk.holder.state.nodes[leaf]?.id
  if (!leafId) return
  talk.pending++
  talk.changes++
  talk.client.http
    .patchChat(talk.id, { leafId })
    // The branch is on the screen; that a reload would show the other one is no reason to disturb the reader.
    .catch(() => undefined)
    .finally(() => talk.pending--)
}

/** The answer on the visible path that is being written, if any. */
export function answering(state: ConversationState): string | undefined {
  return pathTo(state, state.leaf).findLast((key) => {
    const turn = state.nodes[key]
    return turn?.role === "assistant" && turn.status === "running" && !turn.stopping
  })
}
