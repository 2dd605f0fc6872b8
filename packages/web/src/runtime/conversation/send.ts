import { ClientError } from "@omnichat/client/client"
import type { Params, StartBody } from "@omnichat/core/protocol/frame"
import { newId, newIdAfter } from "@omnichat/core/protocol/id"
import type { MessageId, RunId } from "@omnichat/core/protocol/id"
import type { InputPart, Part } from "@omnichat/core/protocol/part"
import { newReduction } from "@omnichat/core/protocol/reduce"
import type { AttachedFile, Draft } from "../drafts.ts"
import type { Unsent } from "../outbox.ts"
import { add, drop, keyOf, move, name } from "../tree.ts"
import { attach } from "./follow.ts"
import { sync } from "./load.ts"
import { answerOf } from "./talk.ts"
import type { Talk } from "./talk.ts"
import { textOf } from "./turn.ts"
import type { Turn } from "./turn.ts"

/** Who answers, and how. */
export type Wish = { model: string; params?: Params; temporary?: true }

/** Puts a message at the end of the visible path. It stands there at once and goes out as soon as it can. */
export function send(talk: Talk, content: Draft, wish: Wish): void {
  const leaf = talk.holder.state.leaf
  enqueue(talk, leaf, afterOf(talk, leaf), content, wish)
}

/** Asks something else in the place of a question: a sibling branch, or other words for one that is still here. */
export function edit(talk: Talk, key: string, content: Draft, wish: Wish): void {
  const question = talk.holder.state.nodes[key]
  if (!question) return
  const entry = question.sending && question.runId && talk.outbox.find(question.runId)
  if (entry) {
    withdraw(talk, key)
    return enqueue(talk, question.parent, entry.after, content, wish)
  }
  enqueue(talk, question.parent, { message: idAt(talk, question.parent) }, content, wish)
}

/** Takes back a message that has not gone out and returns what it said. */
export function withdraw(talk: Talk, key: string): Draft {
  const question = talk.holder.state.nodes[key]
  if (!question?.sending || !question.runId) return { text: "", files: [] }
  const runId = question.runId
  const entry = talk.outbox.find(runId)
  talk.outbox.remove(runId)
  for (const other of talk.outbox.of(talk.id)) {
    if (entry && "run" in other.after && other.after.run === runId) talk.outbox.put({ ...other, after: entry.after })
  }
  talk.holder.change((draft) => {
    const answer = answerOf(draft, runId)
    if (answer) drop(draft, answer.key)
    drop(draft, key)
  })
  return contentOf(question.parts)
}

/** Shows what an earlier page, or another tab, has left on its way, and sends it. */
export function restore(talk: Talk): void {
  for (const entry of talk.outbox.of(talk.id)) {
    const { nodes } = talk.holder.state
    if (nodes[entry.messageId]?.id && !nodes[entry.messageId]?.sending) talk.outbox.remove(entry.runId)
    else if (!nodes[entry.messageId]) show(talk, entry, parentOf(talk, entry))
  }
  pump(talk)
}

/** Sends whatever waits and need wait no more. */
export function pump(talk: Talk): void {
  for (const entry of talk.outbox.of(talk.id)) {
    if (talk.holder.state.nodes[entry.messageId]?.sending !== "queued") continue
    const parent = parentId(talk, entry)
    if (parent !== undefined) begin(talk, entry, parent)
  }
}

/** Has a question answered once more, or sends one that was refused again. */
export function again(talk: Talk, key: string, wish: Wish): void {
  const { nodes } = talk.holder.state
  const answer = nodes[key]
  const question = nodes[answer?.parent ?? ""]
  if (!answer || !question) return
  const entry = question.runId && question.sending === "refused" ? talk.outbox.find(question.runId) : undefined
  if (entry) return resend(talk, entry, answer, wish)
  if (!question.id) return
  if (!answer.id) talk.holder.change((draft) => drop(draft, key))
  start(talk, question.key, { parentId: question.id, ...answering(wish) })
}

/** Goes on where an answer broke off, in a sibling that begins with its words. */
export function goOn(talk: Talk, key: string, wish: Wish): void {
  const answer = talk.holder.state.nodes[key]
  if (!answer?.id || answer.parent === null) return
  start(talk, answer.parent, { parentId: answer.id, continue: true, ...answering(wish) }, textOnly(answer.parts))
}

function enqueue(talk: Talk, parent: string | null, after: Unsent["after"], content: Draft, wish: Wish): void {
  const earlier = "message" in after ? after.message : null
  const messageId = (earlier && newIdAfter("msg", talk.now(), earlier)) || newId("msg", talk.now())
  const text = content.text.trim()
  const entry: Unsent = {
    runId: newId("run", talk.now()),
    chatId: talk.id,
    messageId,
    after,
    input: [
      ...content.files.map((file): InputPart => ({ type: "file", fileId: file.id })),
      ...(text === "" ? [] : [{ type: "text", text } as const]),
    ],
    shown: [
      ...content.files.map((file) => shownFile(talk, file)),
      ...(text === "" ? [] : [{ type: "text", text } as const]),
    ],
    model: wish.model,
    ...(wish.params && { params: wish.params }),
    ...(wish.temporary && { temporary: true }),
    createdAt: new Date(talk.now()).toISOString(),
  }
  talk.outbox.put(entry)
  show(talk, entry, parent)
  pump(talk)
}

/** Draws a message that is on its way and makes it the end of the path. */
function show(talk: Talk, entry: Unsent, parent: string | null): void {
  talk.holder.change((draft) => {
    add(draft, {
      key: entry.messageId,
      parent,
      role: "user",
      parts: entry.shown,
      status: "complete",
      createdAt: entry.createdAt,
      runId: entry.runId,
      sending: "queued",
    })
    draft.leaf = entry.messageId
    if (entry.temporary) draft.temporary = true
  })
}

function begin(talk: Talk, entry: Unsent, parent: MessageId | null): void {
  const sorted = parent === null || entry.messageId > parent
  const id = sorted ? entry.messageId : (newIdAfter("msg", talk.now(), parent) ?? entry.messageId)
  talk.holder.change((draft) => {
    const question = draft.nodes[entry.messageId]
    if (question) question.sending = "sending"
  })
  start(
    talk,
    entry.messageId,
    {
      parentId: parent,
      message: { id, parts: entry.input },
      model: entry.model,
      ...(entry.params && { params: entry.params }),
      ...(entry.temporary && { temporary: true }),
    },
    [],
    entry,
  )
}

/** Starts a run under a question and follows it; its answer stands there before the server knows of it. */
function start(
  talk: Talk,
  question: string,
  body: Omit<StartBody, "runId" | "chatId">,
  words: Part[] = [],
  entry?: Unsent,
): void {
  const runId = entry?.runId ?? newId("run", talk.now())
  talk.holder.change((draft) => {
    const waiting = [...(draft.children[question] ?? [])].filter((child) => draft.nodes[child]?.role === "user")
    add(draft, {
      key: runId,
      parent: question,
      role: "assistant",
      parts: words,
      status: "running",
      createdAt: new Date(talk.now()).toISOString(),
      model: body.model,
      runId,
      live: newReduction(),
    })
    for (const child of waiting) move(draft, child, runId)
    if (!entry || draft.leaf === question) draft.leaf = runId
  })
  talk.pending++
  talk.changes++
  const run = talk.client.start({ runId, chatId: talk.id, ...body })
  attach(talk, run, runId)
  run.ack
    .then((ack) => {
      if (entry) talk.outbox.remove(runId)
      talk.holder.change((draft) => {
        name(draft, runId, ack.messageId)
        const asked = entry && draft.nodes[question]
        if (!asked) return
        delete asked.sending
        name(draft, question, ("userMessageId" in ack && ack.userMessageId) || body.message?.id || entry.messageId)
      })
    })
    .catch((error: unknown) => refuse(talk, runId, entry ? question : undefined, error))
    .finally(() => talk.pending--)
}

/** The server will not have it: the answer says why, and the words stay where they are. */
function refuse(talk: Talk, runId: RunId, question: string | undefined, error: unknown): void {
  talk.runs.delete(runId)
  const { code, message, retryable } =
    error instanceof ClientError ? error : { code: "internal", message: String(error), retryable: true }
  talk.holder.change((draft) => {
    const answer = draft.nodes[runId]
    if (answer) {
      answer.status = "failed"
      answer.error = { code, message, retryable }
      delete answer.live
      delete answer.stopping
    }
    const asked = question === undefined ? undefined : draft.nodes[question]
    if (asked) asked.sending = "refused"
  })
  // A message id that is taken may be this very message, sent by a page that did not live to hear of it.
  if (code === "conflict") void sync(talk)
}

function resend(talk: Talk, entry: Unsent, answer: Turn, wish: Wish): void {
  const lost = answer.error?.code === "offline" || answer.error?.code === "timeout"
  // Nobody knows whether the server has it: only the same run may be sent again. What was refused is a new one.
  const fresh: Unsent = lost ? entry : { ...entry, runId: newId("run", talk.now()), ...answering(wish) }
  talk.outbox.put(fresh, entry.runId)
  for (const other of talk.outbox.of(talk.id)) {
    if ("run" in other.after && other.after.run === entry.runId) {
      talk.outbox.put({ ...other, after: { run: fresh.runId } })
    }
  }
  talk.holder.change((draft) => {
    drop(draft, answer.key)
    const question = draft.nodes[entry.messageId]
    if (!question) return
    question.runId = fresh.runId
    question.sending = "queued"
  })
  pump(talk)
}

/** What a new message follows when the path ends with `leaf`. */
function afterOf(talk: Talk, leaf: string | null): Unsent["after"] {
  const turn = leaf === null ? undefined : talk.holder.state.nodes[leaf]
  if (!turn) return { message: null }
  if (turn.runId && (turn.status === "running" || turn.sending)) return { run: turn.runId }
  if (turn.id) return { message: turn.id }
  return afterOf(talk, turn.parent)
}

/** Undefined while what the message follows is not finished. */
function parentId(talk: Talk, entry: Unsent): MessageId | null | undefined {
  if ("message" in entry.after) return entry.after.message
  const answer = answerOf(talk.holder.state, entry.after.run)
  return answer && answer.status !== "running" ? answer.id : undefined
}

function parentOf(talk: Talk, entry: Unsent): string | null {
  if ("message" in entry.after) return entry.after.message && keyOf(talk.holder.state, entry.after.message)
  const { run } = entry.after
  const before = Object.values(talk.holder.state.nodes).findLast((turn) => turn.runId === run)
  return before?.key ?? talk.holder.state.leaf
}

function idAt(talk: Talk, key: string | null): MessageId | null {
  return key === null ? null : (talk.holder.state.nodes[key]?.id ?? null)
}

function answering(wish: Wish): { model: string; params?: Params } {
  return { model: wish.model, ...(wish.params && { params: wish.params }) }
}

function textOnly(parts: readonly Part[]): Part[] {
  return parts.filter((part) => part.type === "text").map((part) => ({ ...part }))
}

function shownFile(talk: Talk, file: AttachedFile): Part {
  return { type: "file", mediaType: file.mediaType, url: talk.client.http.fileUrl(file.id), filename: file.name }
}

/** The words and files of a message, as they are edited. */
export function contentOf(parts: readonly Part[]): Draft {
  const files = parts.flatMap((part): AttachedFile[] => {
    const id = part.type === "file" ? /fil_[0-9A-Z]{26}/.exec(part.url)?.[0] : undefined
    if (part.type !== "file" || id === undefined) return []
    return [{ id: id as AttachedFile["id"], name: part.filename ?? "file", mediaType: part.mediaType, bytes: 0 }]
  })
  return { text: textOf(parts), files }
}
