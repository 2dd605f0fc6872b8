import { InvokeWithResponseStreamCommand } from "@aws-sdk/client-lambda"
import type { InvokeWithResponseStreamResponseEvent, LambdaClient } from "@aws-sdk/client-lambda"
import type { ProviderFetch, ProviderFetchInit, ProviderResponse } from "@omnichat/core/model/provider"
import { OmniError } from "@omnichat/core/protocol/error"
import type { Clock } from "@omnichat/core/store/clock"
import type { Table } from "@omnichat/core/store/table"
import * as v from "valibot"
import { beatCall, endCall, openCall, stopCall } from "./pool-call.ts"
import { prelude } from "./pool-wire.ts"
import type { Prelude, ProxyCall } from "./pool-wire.ts"

export type PoolFetchOptions = {
  /** With `maxAttempts: 1`: a question must not be asked twice. Its requests must not end by silence. */
  lambda: Pick<LambdaClient, "send">
  /** The proxy's name or ARN. */
  functionName: string
  table: Table
  clock: Clock
}

/** In milliseconds. */
const beatEvery = 2000
/** Of an event (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html), bytes. */
const mostInEvent = 6 * 1024 * 1024
const lineFeed = 10

/**
 * Gives for the address of a server of the pool the `fetch` that reaches it, through the proxy in its network. It rejects
 * as `fetch` does: with the signal's reason, an error with the `code` of a failed connection, or OmniError `too_large` and
 * `model_unavailable` (AWS has too much to do). Whoever does not read a body to its end aborts the signal.
 */
export function createPoolFetch(options: PoolFetchOptions): (address: string) => ProviderFetch {
  return (address) => async (url, init) => {
    const callId = crypto.randomUUID()
    const payload = eventOf({ callId, address, path: new URL(url).pathname }, init)
    if (init.signal.aborted) throw init.signal.reason
    await openCall(options.table, callId, options.clock.now())
    return new PoolCall(options, callId, init.signal).open(payload)
  }
}

function eventOf(call: { callId: string; address: string; path: string }, init: ProviderFetchInit): Uint8Array {
  const { method, headers, body } = init
  // The proxy says which paths there are.
  const event = { ...call, method, ...(headers && { headers }), ...(body !== undefined && { body }) } as ProxyCall
  const payload = new TextEncoder().encode(JSON.stringify(event))
  if (payload.length <= mostInEvent) return payload
  const megabytes = (payload.length / 1e6).toFixed(1)
  throw new OmniError(
    "too_large",
    `This conversation has ${megabytes} MB with its files, and at most 6 MB can be sent to a GPU server. ` +
      `Take out images, or begin a new chat.`,
  )
}

/** One call through the proxy: from its item to the last byte that is read. */
class PoolCall {
  readonly #options: PoolFetchOptions
  readonly #callId: string
  readonly #signal: AbortSignal
  readonly #leaving = new AbortController()
  readonly #over = new AbortController()
  readonly #abort = () => this.#leaving.abort(this.#signal.reason)
  #ended: Promise<void> | undefined

  constructor(options: PoolFetchOptions, callId: string, signal: AbortSignal) {
    this.#options = options
    this.#callId = callId
    this.#signal = signal
  }

  async open(Payload: Uint8Array): Promise<ProviderResponse> {
    const { lambda, functionName: FunctionName } = this.#options
    if (this.#signal.aborted) this.#abort()
    else this.#signal.addEventListener("abort", this.#abort, { once: true })
    void this.#beat()
    try {
      const command = new InvokeWithResponseStreamCommand({ FunctionName, Payload })
      const { EventStream } = await lambda.send(command, { abortSignal: this.#leaving.signal })
      const pieces = piecesOf(EventStream)
      const { told, rest } = await readPrelude(pieces)
      if ("error" in told) throw failedConnection(told.error)
      return this.#responseOf(told, rest, pieces)
    } catch (thrown) {
      await this.#end("left")
      if (this.#signal.aborted) throw this.#signal.reason
      throw toFailure(thrown)
    }
  }

  #responseOf(
    { status, headers }: Extract<Prelude, { status: number }>,
    rest: Uint8Array,
    pieces: AsyncGenerator<Uint8Array, void, undefined>,
  ): ProviderResponse {
    const body = this.#bodyOf(rest, pieces)
    return {
      status,
      headers: { get: (name) => headers[name.toLowerCase()] ?? null },
      body,
      async text() {
        const decoder = new TextDecoder()
        let text = ""
        for await (const piece of body) text += decoder.decode(piece, { stream: true })
        return text + decoder.decode()
      },
    }
  }

  async *#bodyOf(
    rest: Uint8Array,
    pieces: AsyncGenerator<Uint8Array, void, undefined>,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    let how: "whole" | "left" = "left"
    try {
      if (rest.length > 0) yield rest
      yield* pieces
      how = "whole"
    } catch (thrown) {
      if (this.#signal.aborted) throw this.#signal.reason
      throw thrown
    } finally {
      await this.#end(how)
    }
  }

  /** Says every 2 s that somebody still reads. A sign that was not written is made up for by the next. */
  async #beat(): Promise<void> {
    const { clock, table } = this.#options
    while (!this.#over.signal.aborted) {
      await clock.sleep(beatEvery, this.#over.signal)
      if (!this.#over.signal.aborted) await beatCall(table, this.#callId).catch(() => undefined)
    }
  }

  /** Once. That an item was not changed is made up for by its silence. */
  #end(how: "whole" | "left"): Promise<void> {
    this.#ended ??= (async () => {
      this.#over.abort()
      this.#signal.removeEventListener("abort", this.#abort)
      const { table } = this.#options
      const told = how === "whole" ? endCall(table, this.#callId) : stopCall(table, this.#callId)
      // What nobody reads on is not ended by itself.
      this.#leaving.abort()
      await told.catch(() => undefined)
    })()
    return this.#ended
  }
}

/** The bytes of a stream until the function has ended. Throws when it failed or the stream was cut. */
async function* piecesOf(
  events: AsyncIterable<InvokeWithResponseStreamResponseEvent> | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const { PayloadChunk, InvokeComplete } of events ?? []) {
    if (PayloadChunk?.Payload !== undefined) yield PayloadChunk.Payload
    if (InvokeComplete === undefined) continue
    const { ErrorCode, ErrorDetails } = InvokeComplete
    if (ErrorCode === undefined) return
    throw new Error(`the function in between failed: ${ErrorCode}${ErrorDetails ? ` (${ErrorDetails})` : ""}`)
  }
  throw new Error("the stream of the function in between was cut")
}

async function readPrelude(
  pieces: AsyncGenerator<Uint8Array, void, undefined>,
): Promise<{ told: Prelude; rest: Uint8Array }> {
  const held: Uint8Array[] = []
  for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) {
    const end = next.value.indexOf(lineFeed)
    held.push(end < 0 ? next.value : next.value.subarray(0, end))
    if (end < 0) continue
    const text = Buffer.concat(held).toString("utf8")
    return { told: v.parse(prelude, JSON.parse(text)), rest: next.value.subarray(end + 1) }
  }
  throw new Error("the function in between ended without an answer")
}

const failedConnection = ({ code, message }: { code: string; message: string }): Error =>
  Object.assign(new Error(message), { code })

function toFailure(thrown: unknown): unknown {
  const isBusy = thrown instanceof Error && /TooManyRequests|Throttl|LimitExceeded/.test(thrown.name)
  if (!isBusy) return thrown
  return new OmniError(
    "model_unavailable",
    "AWS runs as many functions now as this account may. Try again in a moment.",
    {
      retryAfterMs: 1000,
      cause: thrown,
    },
  )
}
