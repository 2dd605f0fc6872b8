import { once } from "node:events"
import { afterAll, afterEach, beforeAll, expect } from "vitest"
import type { Script } from "../support/model-server.ts"
import { openSocket } from "../support/raw-client.ts"
import type { Answer, Event, Frame, OpenOptions, RawSocket } from "../support/raw-client.ts"
import { http, openSse } from "../support/raw-http.ts"
import type { HttpAnswer, HttpOptions, SseStream } from "../support/raw-http.ts"
import type { Runtime, RuntimeOptions } from "../support/runtime-port.ts"
import { echoModel, runtimeKind, startRuntime } from "../support/runtime.ts"
import type { Asked, ModelKind, ScriptedModel } from "../support/upstream.ts"
import { newId } from "./ids.ts"
import { errorCodes, eventProblem, frameProblem, sdkProblem, shapeProblem } from "./rules.ts"
import { endOf, partsOf, runProblem } from "./run-rules.ts"

export type Fields = Record<string, unknown>
export type Ack = Answer & { runId: string; chatId: string; messageId: string; userMessageId: string; status: string }
export type Message = {
  id: string
  parentId: string | null
  role: string
  parts: Fields[]
  model?: string
  status: string
  usage?: Fields
  error?: { code: string; message: string; retryable: boolean }
  createdAt: string
  runId?: string
}
export type Summary = {
  id: string
  title: string
  createdAt: string
  updatedAt: string
  leafId: string | null
  runs: Record<string, string>
  temporary?: true
}

export const question = (text: string): { parts: Fields[] } => ({ parts: [{ type: "text", text }] })

/** The actions of a start, as far as a test leaves them open. */
export const startOf = (fields: Fields): Fields & { runId: string; model: string } => ({
  action: "run.start",
  runId: newId("run"),
  message: question("Hello."),
  model: echoModel,
  ...fields,
})

const slots = 80
const kinds: readonly ModelKind[] = ["plain", "thinking", "images"]

/** Starts a runtime for the tests of a file, and after each of them looks at every frame that came. */
export function useScene(options: Omit<RuntimeOptions, "models"> = {}): Scene {
  const scene = new Scene()
  beforeAll(async () => scene.open(options))
  afterEach(async () => scene.check())
  afterAll(async () => scene.close())
  return scene
}

export class Scene {
  #runtime: Runtime | undefined
  #sockets: RawSocket[] = []
  #streams: SseStream[] = []
  /** Every event of every run, as it first came, whoever got it. */
  #book = new Map<string, Map<number, string>>()
  #used = 0

  async open(options: Omit<RuntimeOptions, "models">): Promise<void> {
    const slot = (kind: ModelKind) => (_: unknown, index: number) => ({ name: `${kind}-${index}`, kind })
    const models: ScriptedModel[] = [
      { name: "echo", kind: "plain", contextLength: 32_768 },
      ...kinds.flatMap((kind) => Array.from({ length: slots }, slot(kind))),
    ]
    this.#runtime = await startRuntime({ models, ...options })
  }

  get runtime(): Runtime {
    if (this.#runtime === undefined) throw new Error("the runtime has not started")
    return this.#runtime
  }

  /** The id of a model that answers by this script, from now on. */
  model(script: Script, kind: ModelKind = "plain"): string {
    this.#used += 1
    const name = `${kind}-${this.#used % slots}`
    this.runtime.upstream.script(name, script)
    return this.runtime.upstream.idOf(name)
  }

  /** The requests for an answer that the model server got for a model. */
  asked(model: string): Asked[] {
    return this.runtime.upstream.asked().filter((asked) => asked.model === model)
  }

  /** Resolves with the first of them. */
  async firstAsked(model: string): Promise<Asked> {
    return this.runtime.upstream.firstAsked(model)
  }

  /** As the user of most tests, unless it is without `credentials`, or `headers` has others. */
  async connect({ credentials = true, ...options }: OpenOptions & { credentials?: boolean } = {}): Promise<RawSocket> {
    const check = (frame: Frame) => frameProblem(frame) ?? this.#note(frame)
    const headers = { ...(credentials ? this.runtime.credentials() : {}), ...options.headers }
    const stragglers = runtimeKind === "aws"
    const socket = await openSocket(this.runtime.socketUrl, { check, stragglers, ...options, headers })
    this.#sockets.push(socket)
    return socket
  }

  /** @throws when it is refused */
  async start(socket: RawSocket, fields: Fields = {}): Promise<Ack> {
    return acked(await socket.act(startOf(fields)))
  }

  /** A run from its start to its end, and until the chat no longer lists it. */
  async run(socket: RawSocket, fields: Fields = {}): Promise<{ ack: Ack; events: Event[] }> {
    const ack = await this.start(socket, fields)
    return { ack, events: await this.ended(socket, ack) }
  }

  async ended(socket: RawSocket, { runId, chatId, messageId }: Ack): Promise<Event[]> {
    const events = await socket.ended(runId)
    const begunAt = Date.parse(startEventOf(events).messageMetadata.createdAt)
    let begun = false
    await socket.waitFor(({ type, chat }) => {
      const { id, runs, updatedAt } = (chat ?? {}) as Summary
      if (type !== "chat" || id !== chatId) return false
      if (runs?.[runId] === messageId) begun = true
      // A summary is of the moment it was read: of a short run there may be none with it.
      return (begun || Date.parse(updatedAt) > begunAt) && runs?.[runId] === undefined
    }, `the summary of ${chatId} without its run`)
    return events
  }

  /** All of a run from its journal, over a connection of its own. */
  async replay(runId: string): Promise<Event[]> {
    const socket = await this.connect()
    acked(await socket.act({ action: "run.follow", runId, after: 0 }))
    const events = await socket.ended(runId)
    await socket.close()
    return events
  }

  async http(method: string, path: string, options: HttpOptions = {}): Promise<HttpAnswer> {
    const headers = { ...this.runtime.credentials(), ...options.headers }
    return http(method, `${this.runtime.httpUrl}${path}`, { ...options, headers })
  }

  async sse(path: string, headers: Record<string, string> = {}): Promise<SseStream> {
    const stream = await openSse(`${this.runtime.httpUrl}${path}`, { ...this.runtime.credentials(), ...headers })
    this.#streams.push(stream)
    return stream
  }

  async chat(chatId: string): Promise<Summary> {
    const { status, body } = await this.http("GET", `/api/chats/${chatId}`)
    expect(status).toBe(200)
    return body as Summary
  }

  async chats(query = "?limit=100"): Promise<Summary[]> {
    await this.runtime.listed()
    const { status, body } = await this.http("GET", `/api/chats${query}`)
    expect(status).toBe(200)
    return (body as { chats: Summary[] }).chats
  }

  /** Newest first. */
  async messages(chatId: string): Promise<Message[]> {
    const { status, body } = await this.http("GET", `/api/chats/${chatId}/messages?limit=200`)
    expect(status).toBe(200)
    return (body as { messages: Message[] }).messages
  }

  async message(chatId: string, messageId: string): Promise<Message> {
    const found = (await this.messages(chatId)).find((message) => message.id === messageId)
    if (found === undefined) throw new Error(`${messageId} is not in ${chatId}`)
    return found
  }

  /** What there is, as text: to see that a refusal has written nothing. */
  async snapshot(...chatIds: string[]): Promise<string> {
    const chats = await this.chats()
    const messages = await Promise.all(chatIds.map((chatId) => this.messages(chatId)))
    const summaries = await Promise.all(chatIds.map((chatId) => this.chat(chatId)))
    const asked = this.runtime.upstream.asked().length
    return JSON.stringify({ chats, messages, summaries, asked })
  }

  /** The answer as it is stored is what its events make, and tells their end (G2, E4). */
  async expectStored(ack: Ack, events: Event[]): Promise<Message> {
    const stored = await this.message(ack.chatId, ack.messageId)
    const { status, usage, error } = endOf(events)
    const start = startEventOf(events)
    const { model, createdAt } = start.messageMetadata
    expect(stored).toStrictEqual({
      id: ack.messageId,
      parentId: stored.parentId,
      role: "assistant",
      parts: await partsOf(events),
      model,
      status,
      usage,
      ...(error === undefined ? {} : { error }),
      createdAt,
      runId: ack.runId,
    })
    expect(start.messageId).toBe(ack.messageId)
    return stored
  }

  /** Looks at all that has come since the last time, and ends the connections. */
  async check(): Promise<void> {
    const sockets = this.#sockets.splice(0)
    for (const stream of this.#streams.splice(0)) stream.close()
    for (const socket of sockets) socket.drop()
    const problems = sockets.flatMap((socket) => [
      ...socket.problems,
      ...(runtimeKind === "local" ? unordered(socket) : []),
    ])
    for (const [runId, events] of this.#book) problems.push(...(await this.#checkRun(runId, events)))
    this.#book.clear()
    await this.#settle()
    expect(problems).toEqual([])
  }

  /** What a test has left unfinished is let go on, so that the next one finds everything at rest. */
  async #settle(): Promise<void> {
    this.runtime.upstream.release()
    const socket = await openSocket(this.runtime.socketUrl, { headers: this.runtime.credentials() })
    const unfinished = (await this.chats()).filter(({ runs }) => Object.keys(runs).length > 0)
    for (const { id } of unfinished) {
      const last = () => socket.frames.findLast(({ chat }) => (chat as Summary | undefined)?.id === id)?.["chat"]
      const isOver = () => {
        const { runs } = (last() ?? { runs: { unknown: "" } }) as Partial<Summary>
        return Object.keys(runs ?? {}).length === 0 || undefined
      }
      await socket.until(isOver, `the end of the runs in ${id}`)
    }
    socket.drop()
  }

  async close(): Promise<void> {
    await this.#runtime?.stop()
    expect(this.#runtime?.errors ?? []).toEqual([])
  }

  async #checkRun(runId: string, events: Map<number, string>): Promise<string[]> {
    const texts = [...events].sort(([one], [other]) => one - other).map(([, text]) => text)
    const list = texts.map((text) => JSON.parse(text) as Event)
    const problems = await Promise.all(list.map(async (event) => eventProblem(event) ?? sdkProblem(event)))
    const whole =
      events.has(1) && events.has(list.length) && ["finish", "abort", "error"].includes(list.at(-1)?.type ?? "")
    const found = [...problems, whole ? runProblem(list) : undefined].filter((problem) => problem !== undefined)
    return found.map((problem) => `${runId}: ${problem}`)
  }

  /** A number, once given, always means the same event (E5). */
  #note(frame: Frame): string | undefined {
    if (frame.type !== "run") return undefined
    const { runId, from, events } = frame as { runId: string; from: number; events: Event[] }
    const held = this.#book.get(runId) ?? new Map<number, string>()
    this.#book.set(runId, held)
    for (const [index, event] of events.entries()) {
      const text = JSON.stringify(event)
      const before = held.get(from + index)
      if (before !== undefined && before !== text) return `event ${from + index} of ${runId}: ${before}, then ${text}`
      held.set(from + index, text)
    }
    return undefined
  }
}

/** For promises of a time: fails when these are not kept in it. Give it much more than the page names. */
export async function within(milliseconds: number, wanted: Promise<unknown>[]): Promise<void> {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(new Error(`not within ${milliseconds} ms`)), milliseconds)
  await Promise.race([Promise.all(wanted), once(late.signal, "abort").then(() => late.signal.throwIfAborted())])
  clearTimeout(timer)
}

/** The first event of a run. */
export function startEventOf([first]: Event[]): {
  messageId: string
  messageMetadata: { model: string; createdAt: string }
} {
  if (first?.type !== "start") throw new Error(`a run begins with ${JSON.stringify(first)}`)
  return first as unknown as ReturnType<typeof startEventOf>
}

/** Without faults nothing is sent twice on one connection, and nothing is left out. */
function unordered(socket: RawSocket): string[] {
  return [...socket.runs]
    .filter(([, log]) => log.gaps > 0 || (log.asked === 1 && log.overlaps > 0))
    .map(([runId, log]) => `${runId}: ${log.gaps} gaps and ${log.overlaps} overlaps without a fault`)
}

/** @throws unless it is an ack */
export function acked(answer: Answer): Ack {
  if (answer.type !== "ack") throw new Error(`refused: ${JSON.stringify(answer)}`)
  return answer as Ack
}

/** An `error` frame or body of exactly this code, and nothing in it that the page does not know. */
export function expectRefusal(answer: Fields, code: string): void {
  const { type, id, ...error } = answer
  expect(type).toBe("error")
  expect(typeof id).toBe("string")
  expect(error).toMatchObject({ code, message: expect.stringMatching(/\S/) as string })
  expect(errorCodes).toContain(code)
}

/** An HTTP refusal with this status and code. */
export function expectHttpRefusal({ status, body }: HttpAnswer, expected: number, code?: string): void {
  const anything = () => true
  expect({ status, problem: shapeProblem(body, { error: anything }) }).toEqual({ status: expected, problem: undefined })
  const { error } = body as { error: Fields }
  expect(shapeProblem(error, { code: anything, message: anything, retryable: anything })).toBeUndefined()
  expect(error).toEqual({
    code: code ?? (expect.any(String) as string),
    message: expect.stringMatching(/\S/) as string,
    retryable: expect.any(Boolean) as boolean,
  })
}
