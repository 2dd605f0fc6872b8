import type { WebSocketConstructor } from "@omnichat/client/client"
import type { WireError } from "@omnichat/core/protocol/error"
import type { EndedStatus, Event } from "@omnichat/core/protocol/event"
import { isTerminal } from "@omnichat/core/protocol/event"
import type { Action, Frame, StartBody } from "@omnichat/core/protocol/frame"
import type { ChatSummary, Message } from "@omnichat/core/protocol/http"
import { newId } from "@omnichat/core/protocol/id"
import type { ChatId, MessageId, RunId } from "@omnichat/core/protocol/id"
import { reduce } from "@omnichat/core/protocol/reduce"

type Run = { chatId: ChatId; messageId: MessageId; body: StartBody; events: Event[] }

/**
 * A server on the wire, in the same process: it keeps chats as the protocol says, and its models say what a test has
 * them say. Sockets and fetch of a client are given it.
 */
export class ChatServer {
  readonly chats = new Map<ChatId, ChatSummary>()
  readonly messages = new Map<ChatId, Message[]>()
  readonly runs = new Map<RunId, Run>()
  /** Every start that came, also repeated and refused ones. */
  readonly starts: StartBody[] = []
  /** The path of every request that came, also while nobody got through. */
  readonly requests: string[] = []
  /** The next starts are refused with it. */
  refusal: WireError | undefined
  /** Nobody gets through. */
  down = false
  /** While it is there, messages are given out only when it resolves. */
  gate: Promise<void> | undefined
  #time = Date.UTC(2026, 0, 1)
  readonly #sockets = new Set<StandInSocket>()
  readonly #followers = new Map<RunId, Set<StandInSocket>>()
  readonly #waiters = new Set<() => void>()

  get WebSocket(): WebSocketConstructor {
    const open = (socket: StandInSocket) => this.#open(socket)
    return class extends StandInSocket {
      constructor() {
        super()
        open(this)
      }
    }
  }

  readonly fetch = (input: unknown, options?: { method?: string; body?: unknown }): Promise<Response> => {
    const { pathname, searchParams } = new URL(String(input))
    this.requests.push(pathname)
    if (this.down) return Promise.reject(new TypeError("fetch failed"))
    const method = options?.method ?? "GET"
    if (pathname === "/api/config")
      return json({ socketUrl: "ws://server/socket", mode: "local", auth: { kind: "none" } })
    const [, chatId, more] = /^\/api\/chats\/(cht_[^/]+)(\/messages)?$/.exec(pathname) ?? []
    const chat = this.chats.get(chatId as ChatId)
    if (!chat) return json({ error: { code: "not_found", message: "There is no such chat.", retryable: false } }, 404)
    if (more) return (this.gate ?? Promise.resolve()).then(() => json(this.#page(chat.id, searchParams)))
    if (method === "PATCH") this.#change({ ...chat, ...(JSON.parse(String(options?.body)) as object) })
    return json(this.chats.get(chat.id))
  }

  /** Resolves with the newest run when there are this many. */
  async started(runs: number): Promise<RunId> {
    await this.until(() => this.runs.size >= runs)
    return [...this.runs.keys()][runs - 1] as RunId
  }

  /** Resolves when something is so; asked whenever a chat has changed. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (!condition()) return
        this.#waiters.delete(check)
        resolve()
      }
      this.#waiters.add(check)
      check()
    })
  }

  /** The model goes on. */
  say(runId: RunId, ...events: Event[]): void {
    const run = this.#run(runId)
    const from = run.events.length + 1
    run.events.push(...events)
    for (const socket of this.#followers.get(runId) ?? []) socket.receive({ type: "run", runId, from, events })
    if (events.some(isTerminal)) this.#end(runId, run)
  }

  /** The model says it all. */
  answer(runId: RunId, text: string, status: EndedStatus = "complete"): void {
    this.say(runId, { type: "text-start", id: "1" }, { type: "text-delta", id: "1", delta: text })
    this.end(runId, status)
  }

  end(runId: RunId, status: EndedStatus): void {
    const error = { code: "upstream_failed", message: "It closed the connection.", retryable: true } as const
    const broken = status === "failed" || status === "interrupted"
    const open = Object.keys(reduce(this.#run(runId).events).open.text)
    this.say(
      runId,
      ...open.map((id): Event => ({ type: "text-end", id })),
      {
        type: "message-metadata",
        messageMetadata: {
          status,
          usage: { inputTokens: 1, outputTokens: 4, durationMs: 100 },
          ...(broken && { error }),
        },
      },
      status === "complete"
        ? { type: "finish", finishReason: "stop" }
        : status === "stopped"
          ? { type: "abort" }
          : { type: "error", errorText: error.message },
    )
  }

  /** Puts a finished message there, as if it had always been. */
  seed(chatId: ChatId, message: Message): void {
    if (!this.chats.has(chatId)) this.#make(chatId)
    this.messages.get(chatId)?.push(message)
    const chat = this.chats.get(chatId)
    if (chat) chat.leafId = message.id
  }

  /** The network ends all connections. */
  drop(): void {
    for (const socket of [...this.#sockets]) socket.end()
  }

  #open(socket: StandInSocket): void {
    queueMicrotask(() => {
      if (this.down) return socket.end()
      this.#sockets.add(socket)
      socket.sent = (text) => queueMicrotask(() => this.#handle(socket, JSON.parse(text) as Action))
      socket.left = () => this.#sockets.delete(socket)
      socket.onopen?.()
    })
  }

  #handle(socket: StandInSocket, action: Action): void {
    const { id } = action
    if (action.action === "ping") return socket.receive({ type: "pong", id })
    if (action.action === "run.start") return this.#start(socket, action)
    const run = this.runs.get(action.runId)
    const { runId } = action
    if (!run) {
      return socket.receive({
        type: "error",
        id,
        code: "not_found",
        message: "There is no such run.",
        retryable: false,
      })
    }
    if (action.action === "run.stop") {
      socket.receive({ type: "ack", id, runId, status: "stopping" })
      return this.end(runId, "stopped")
    }
    if (action.action !== "run.follow") return socket.receive({ type: "ack", id, runId })
    const { chatId, messageId, events } = run
    socket.receive({ type: "ack", id, runId, chatId, messageId, status: "running", last: events.length })
    this.#follow(socket, runId, action.after)
  }

  #start(socket: StandInSocket, { id, action: _, ...body }: Extract<Action, { action: "run.start" }>): void {
    this.starts.push(body)
    if (this.refusal) return socket.receive({ type: "error", id, ...this.refusal })
    const run = this.runs.get(body.runId) ?? this.#begin(body)
    socket.receive({
      type: "ack",
      id,
      runId: body.runId,
      chatId: run.chatId,
      messageId: run.messageId,
      status: "running",
      ...(body.message?.id && { userMessageId: body.message.id }),
    })
    this.#follow(socket, body.runId, 0)
  }

  #begin(body: StartBody): Run {
    const chatId = body.chatId ?? newId("cht", this.#time)
    const chat = this.chats.get(chatId) ?? this.#make(chatId)
    const list = this.messages.get(chatId) ?? []
    const createdAt = new Date((this.#time += 1000)).toISOString()
    let parentId = body.parentId === undefined ? chat.leafId : body.parentId
    if (body.continue) parentId = list.find((message) => message.id === parentId)?.parentId ?? null
    if (body.message) {
      const id = body.message.id ?? newId("msg", this.#time)
      const parts = body.message.parts.flatMap((part) => (part.type === "text" ? [part] : []))
      list.push({ id, parentId, role: "user", parts, status: "complete", createdAt })
      parentId = id
    }
    const messageId = newId("msg", Date.now() + this.#time)
    const { model, runId } = body
    list.push({ id: messageId, parentId, role: "assistant", parts: [], model, status: "running", createdAt, runId })
    const start: Event = { type: "start", messageId, messageMetadata: { model, createdAt } }
    const run: Run = { chatId, messageId, body, events: [start] }
    this.runs.set(runId, run)
    this.#change({ ...chat, leafId: messageId, runs: { ...chat.runs, [runId]: messageId }, updatedAt: createdAt })
    return run
  }

  #end(runId: RunId, run: Run): void {
    const { parts, end } = reduce(run.events)
    const message = this.messages.get(run.chatId)?.find(({ id }) => id === run.messageId)
    if (message && end) {
      Object.assign(message, { parts, status: end.status, usage: end.usage, ...(end.error && { error: end.error }) })
    }
    const chat = this.chats.get(run.chatId)
    if (!chat) return
    const { [runId]: _, ...runs } = chat.runs
    this.#change({ ...chat, runs })
  }

  #make(chatId: ChatId): ChatSummary {
    const time = new Date(this.#time).toISOString()
    const chat: ChatSummary = { id: chatId, title: "Chat", createdAt: time, updatedAt: time, leafId: null, runs: {} }
    this.chats.set(chatId, chat)
    this.messages.set(chatId, [])
    return chat
  }

  #change(chat: ChatSummary): void {
    this.chats.set(chat.id, chat)
    for (const socket of this.#sockets) socket.receive({ type: "chat", chat })
    for (const check of [...this.#waiters]) check()
  }

  #follow(socket: StandInSocket, runId: RunId, after: number): void {
    const { events } = this.#run(runId)
    const followers = this.#followers.get(runId) ?? new Set()
    this.#followers.set(runId, followers.add(socket))
    socket.receive({ type: "run", runId, from: after + 1, events: events.slice(after) })
  }

  #page(chatId: ChatId, search: URLSearchParams): unknown {
    const all = [...(this.messages.get(chatId) ?? [])].sort((left, right) => (left.id > right.id ? -1 : 1))
    const from = Number(search.get("cursor") ?? 0)
    const to = from + Number(search.get("limit") ?? 50)
    return { messages: all.slice(from, to), ...(to < all.length && { next: String(to) }) }
  }

  #run(runId: RunId): Run {
    const run = this.runs.get(runId)
    if (!run) throw new Error(`no run ${runId}`)
    return run
  }
}

function json(body: unknown, status = 200): Promise<Response> {
  return Promise.resolve(Response.json(body, { status }))
}

class StandInSocket {
  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: ((event: { code?: number }) => void) | null = null
  onerror: (() => void) | null = null
  sent: (text: string) => void = () => {}
  left: () => void = () => {}
  #over = false

  send(text: string): void {
    if (!this.#over) this.sent(text)
  }

  receive(frame: Frame): void {
    const text = JSON.stringify(frame)
    queueMicrotask(() => {
      if (!this.#over) this.onmessage?.({ data: text })
    })
  }

  close(): void {
    this.#over = true
    this.left()
  }

  end(): void {
    if (this.#over) return
    this.close()
    this.onclose?.({ code: 1006 })
  }
}
