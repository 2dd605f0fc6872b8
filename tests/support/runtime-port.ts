import type { ScriptedModel, Upstream } from "./upstream.ts"

/**
 * What the scenarios hold against docs/protocol.md: a whole service with stand-ins for model servers behind it. The
 * scenarios know nothing else of it, so that they can be run against any runtime.
 */
export type Runtime = {
  /** Without a slash at the end. */
  httpUrl: string
  socketUrl: string
  /** What a page of ours says of itself. */
  origin: string
  upstream: Upstream
  /** What the service has logged as an error. */
  readonly errors: string[]
  /** The headers by which a client is this user, by default the one of most tests. On one person's machine none. */
  credentials(user?: string): Record<string, string>
  /** Resolves when lists tell all that was written before this call: on AWS an index follows its table. */
  listed(): Promise<void>
  /**
   * Ends the service in this way and starts it again with the same data, at the same address. `between` runs while it
   * is down.
   */
  restart(signal: "SIGKILL" | "SIGTERM", between?: () => void | Promise<void>): Promise<void>
  stop(): Promise<void>
}

export type RuntimeOptions = {
  models: ScriptedModel[]
  /** A process of its own, built as it is delivered: what can be killed. Otherwise it shares the test's process. */
  process?: boolean
  /** How long a connection may be silent and how long it may live, in milliseconds, instead of the usual (protocol C6). */
  connections?: { idle?: number; life?: number }
  /** How often the service looks for what is over, in milliseconds, instead of as it is delivered. */
  sweepEveryMs?: number
}
