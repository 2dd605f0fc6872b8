import * as v from "valibot"
import type { ProviderFetch, ProviderResponse } from "../model/provider.ts"
import { OmniError } from "../protocol/error.ts"
import { base64 } from "./base64.ts"
import { clip, refusal, unreachable } from "./failure.ts"

export type ServerOptions = {
  /** What it is, as errors name it: `Ollama`. */
  kind: string
  /** May hold a user and password, which are sent as basic authentication and never shown. */
  baseUrl: string
  fetch: ProviderFetch
  headers?: Record<string, string>
  /** What to do when it does not answer, as a sentence. */
  advice: string
}
export type Call = { method: "GET" | "POST"; path: string; body?: unknown; signal: AbortSignal; model?: string }

/** A model server, and the words for everything that can go wrong with it. */
export class Server {
  /** As shown to people: no credentials, no slash at the end. */
  readonly address: string
  readonly #options: ServerOptions
  readonly #headers: Record<string, string>

  /** Throws a TypeError on a base URL that is none. */
  constructor(options: ServerOptions) {
    const url = new URL(options.baseUrl)
    const credentials = `${plain(url.username)}:${plain(url.password)}`
    const basic = `Basic ${base64(new TextEncoder().encode(credentials))}`
    this.#headers = { ...(credentials === ":" ? {} : { authorization: basic }), ...options.headers }
    this.address = url.origin + url.pathname.replace(/\/+$/, "")
    this.#options = options
  }

  /** How a sentence about it begins. */
  get name(): string {
    return `The ${this.#options.kind} server at ${this.address}`
  }

  /**
   * The response to a call, once it is known to be a success. Throws OmniError for everything else, and the signal's
   * reason when that was aborted.
   */
  async call({ method, path, body, signal, model }: Call): Promise<ProviderResponse> {
    let response: ProviderResponse
    try {
      response = await this.#options.fetch(this.address + path, {
        method,
        signal,
        headers: body === undefined ? this.#headers : { ...this.#headers, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
    } catch (thrown) {
      if (signal.aborted) throw signal.reason
      if (thrown instanceof OmniError) throw thrown
      throw unreachable(this.name, this.#options.advice, thrown)
    }
    if (response.status >= 200 && response.status < 300) return response
    const text = await this.#read(response, signal)
    throw refusal(this.name, { response, text, path, ...(model === undefined ? {} : { model }) })
  }

  /** The JSON body of a successful call, of which only what the schema names is used. */
  async json<S extends v.GenericSchema>(schema: S, call: Call): Promise<v.InferOutput<S>> {
    const response = await this.call(call)
    const text = await this.#read(response, call.signal)
    let parsed: unknown
    try {
      parsed = JSON.parse(text)
    } catch (thrown) {
      throw this.unreadable(text, thrown)
    }
    const result = v.safeParse(schema, parsed)
    if (!result.success) throw this.unreadable(text)
    return result.output
  }

  /** An error for what it sent and should not have. */
  unreadable(text: string, cause?: unknown): OmniError {
    return new OmniError("upstream_failed", `${this.name} sent something that cannot be read: ${clip(text)}`, { cause })
  }

  /** An error for an answer that has no end. */
  brokeOff(cause: unknown): OmniError {
    const why = cause === undefined ? "ended its answer without an end mark" : "broke off in the middle of its answer"
    return new OmniError("upstream_failed", `${this.name} ${why}. What was said so far is kept. Try again.`, { cause })
  }

  /** An error for what it reports itself in the middle of an answer. */
  reported(message: string): OmniError {
    return new OmniError("upstream_failed", `${this.name} reports an error: ${clip(message)}`)
  }

  async #read(response: ProviderResponse, signal: AbortSignal): Promise<string> {
    try {
      return await response.text()
    } catch (thrown) {
      if (signal.aborted) throw signal.reason
      throw this.brokeOff(thrown)
    }
  }
}

/** A part of an address as it was meant; one with a stray % is taken as it stands. */
function plain(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
