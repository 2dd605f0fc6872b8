import type { Clock } from "./clock.ts"
import { ClientError, toClientError } from "./errors.ts"
import type { ClientErrorCode } from "./errors.ts"
import { isObject } from "./shape.ts"
import type { Guard } from "./shape.ts"
import type { Token } from "./token.ts"

export type RequestOptions = {
  /** The server's origin, without a slash at its end. */
  baseUrl: string
  /** `refused`: one that was answered with 401. */
  token: (refused?: string) => Promise<Token | undefined>
  fetch: typeof fetch
  clock: Clock
}

export type Request = {
  method?: "GET" | "POST" | "PATCH" | "DELETE"
  /** Sent as JSON. */
  body?: unknown
  /** The request outlives the page that makes it. */
  keepalive?: boolean
  signal?: AbortSignal
  /** Milliseconds until it is given up with `timeout`. */
  within?: number
}

/** Asks the HTTP side and reads its JSON. All that goes wrong is a ClientError. */
export class Requests {
  readonly #options: RequestOptions

  constructor(options: RequestOptions) {
    this.#options = options
  }

  /** The answer's body, once it has passed the guard. */
  async json<T>(path: string, guard: Guard<T>, request: Request = {}): Promise<T> {
    const what = nameOf(path, request)
    const body = parse(await this.#send(what, path, request, (answer) => answer.text()))
    if (!guard(body)) throw new ClientError("internal", `What ${what} answered is not what this client can read.`)
    return body
  }

  /** For answers without a body. */
  async done(path: string, request: Request): Promise<void> {
    await this.#send(nameOf(path, request), path, request, (answer) => answer.text())
  }

  /** For files. */
  async blob(path: string, request: Request = {}): Promise<Blob> {
    return this.#send(nameOf(path, request), path, request, (answer) => answer.blob())
  }

  /** What is read of a good answer. */
  async #send<T>(what: string, path: string, request: Request, read: (answer: Response) => Promise<T>): Promise<T> {
    const { clock } = this.#options
    const within = request.within ?? 30_000
    const limit = new AbortController()
    const leave = () => limit.abort(request.signal?.reason)
    const cancel = clock.timer(within, () =>
      limit.abort(new ClientError("timeout", `${what} had no answer within ${within / 1000} s.`)),
    )
    request.signal?.addEventListener("abort", leave, { once: true })
    if (request.signal?.aborted) leave()
    try {
      const token = (await unlessAborted(limit.signal, this.#options.token()))?.text
      const first = await this.#once(path, request, limit.signal, token)
      // The token may have ended since it was handed out: a fresh one is asked for, once.
      const answer = first.status === 401 ? ((await this.#again(path, request, limit.signal, token)) ?? first) : first
      if (!answer.ok) throw await errorOf(answer, what)
      return await read(answer)
    } catch (thrown) {
      throw toClientError(limit.signal.aborted ? limit.signal.reason : thrown, `${what} did not reach the server`)
    } finally {
      cancel()
      request.signal?.removeEventListener("abort", leave)
    }
  }

  async #again(path: string, request: Request, signal: AbortSignal, refused?: string): Promise<Response | undefined> {
    const token = await unlessAborted(signal, this.#options.token(refused))
    return token === undefined ? undefined : this.#once(path, request, signal, token.text)
  }

  async #once(path: string, request: Request, signal: AbortSignal, token: string | undefined): Promise<Response> {
    signal.throwIfAborted()
    const { baseUrl, fetch } = this.#options
    const headers: Record<string, string> = {}
    if (token !== undefined) headers["authorization"] = `Bearer ${token}`
    if (request.body !== undefined) headers["content-type"] = "application/json"
    return fetch(baseUrl + path, {
      method: request.method ?? "GET",
      headers,
      signal,
      ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
      ...(request.keepalive && { keepalive: true }),
    })
  }
}

/** Somebody may have to sign in first, and the request has its time. */
async function unlessAborted<T>(signal: AbortSignal, waited: Promise<T>): Promise<T> {
  let leave = () => {}
  const aborted = new Promise<never>((_resolve, reject) => {
    leave = () => reject(toClientError(signal.reason, "Nobody waits for it"))
    if (signal.aborted) leave()
    else signal.addEventListener("abort", leave, { once: true })
  })
  try {
    return await Promise.race([waited, aborted])
  } finally {
    signal.removeEventListener("abort", leave)
  }
}

function nameOf(path: string, request: Request): string {
  return `${request.method ?? "GET"} ${path.replace(/\?.*/, "")}`
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined // no guard takes it
  }
}

const codeOf: Record<number, ClientErrorCode> = {
  400: "invalid",
  401: "unauthenticated",
  402: "budget_exceeded",
  403: "forbidden",
  404: "not_found",
  409: "conflict",
  413: "too_large",
  415: "invalid",
  429: "rate_limited",
  502: "upstream_failed",
  503: "model_unavailable",
}

/** The error that an answer says, or that its status means where something between us and the server answered. */
export async function errorOf(answer: Response, what: string): Promise<ClientError> {
  const body = parse(await answer.text())
  const seconds = Number(answer.headers.get("retry-after") ?? Number.NaN)
  const wait = Number.isFinite(seconds) && seconds >= 0 ? { retryAfterMs: Math.ceil(seconds * 1000) } : {}
  if (isObject(body) && isObject(body.error)) return ClientError.fromWire({ ...wait, ...body.error })
  return new ClientError(codeOf[answer.status] ?? "internal", `${what} was answered with status ${answer.status}.`, {
    retryable: answer.status === 429 || answer.status >= 500,
    ...wait,
  })
}
