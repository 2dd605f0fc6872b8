import type { ChatFrame, StartBody, StopAck } from "@omnichat/core/protocol/frame"
import type { RunId } from "@omnichat/core/protocol/id"
import type { Clock } from "./clock.ts"
import type { HttpApi } from "./http.ts"
import type { ConnectionState } from "./link.ts"
import type { Run } from "./run.ts"
import type { WebSocketConstructor } from "./socket.ts"
import type { Token } from "./token.ts"

export type ClientOptions = {
  /** The server's origin, such as `http://127.0.0.1:3000`. In a browser: that of the page. */
  baseUrl?: string
  /**
   * An access token or API key, asked for at each connection and request, so that it can be a fresh one. `refused` is one
   * that the server did not take, or may not have taken: give another. Of a token that says how long it lasts another one
   * is asked for a minute before its end, for a second connection that takes the place of the first.
   */
  token?: (refused?: string) => string | Token | undefined | Promise<string | Token | undefined>
  fetch?: typeof fetch
  /** Node 20 has none of its own: give it that of the package `ws`. */
  WebSocket?: WebSocketConstructor
  /**
   * How long words of a run may wait to be read together with the next ones, in milliseconds. For pages that draw
   * less often than frames come. Without it: 0, each is read when it comes.
   */
  gather?: () => number
  /** For tests. */
  clock?: Clock
}

/** What is to be answered; the run's id is made here unless it is given. */
export type StartOptions = Omit<StartBody, "runId"> & { runId?: RunId }

export interface Client {
  readonly connection: ConnectionState
  /** Gives back what removes the listener, as all of these do. */
  onConnection(listener: (state: ConnectionState) => void): () => void
  /** A chat was made, changed or deleted, here or elsewhere. Frames missed while offline do not come again. */
  onChat(listener: (chat: ChatFrame["chat"]) => void): () => void
  /** Goes out now or when there is a connection, until it is answered; it happens once, by its run id. */
  start(body: StartOptions): Run
  /** Reads a run from after `after` (0: from its beginning). Ends with `not_found` when its journal is gone. */
  follow(runId: RunId, options?: { after?: number }): Run
  stop(runId: RunId): Promise<StopAck>
  /** Holds a connection until `close`. Without it there is one while there are runs, actions or chat listeners. */
  connect(): void
  /** Ends the connection, and with `offline` all that waits for it. Runs go on without us. */
  close(): void
  readonly http: HttpApi
}
