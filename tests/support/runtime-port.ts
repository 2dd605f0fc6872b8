import type { OllamaModel, OllamaStandIn } from "./ollama-stand-in.ts"

/**
 * What the scenarios hold against docs/protocol.md: a whole service with an Ollama stand-in behind it. The scenarios
 * know nothing else of it, so that they can be run against any runtime.
 */
export type Runtime = {
  /** Without a slash at the end. */
  httpUrl: string
  socketUrl: string
  /** What a page of ours says of itself. */
  origin: string
  /** The model server; another one after `upstreamUp`. */
  readonly upstream: OllamaStandIn
  /** What the service has logged as an error. */
  readonly errors: string[]
  /** Nobody listens at the model server's address any more. */
  upstreamDown(): Promise<void>
  /** The model server is back at the same address, with the same models. */
  upstreamUp(): Promise<void>
  /**
   * Ends the service in this way and starts it again with the same data, at the same address. `between` runs while it
   * is down.
   */
  restart(signal: "SIGKILL" | "SIGTERM", between?: () => void | Promise<void>): Promise<void>
  stop(): Promise<void>
}

export type RuntimeOptions = {
  models: OllamaModel[]
  /** A process of its own, built as it is delivered: what can be killed. Otherwise it shares the test's process. */
  process?: boolean
}
