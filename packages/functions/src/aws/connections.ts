import {
  DeleteConnectionCommand,
  GoneException,
  PostToConnectionCommand,
} from "@aws-sdk/client-apigatewaymanagementapi"
import type { ApiGatewayManagementApiClient } from "@aws-sdk/client-apigatewaymanagementapi"
import { ConnectionBusy } from "@omnichat/core/connection/connections"
import type { Connections } from "@omnichat/core/connection/connections"
import { limits } from "@omnichat/core/protocol/limits"
import type { Clock } from "@omnichat/core/store/clock"
import { isPassing, jitter } from "./retry.ts"

export type GatewayOptions = {
  /** With `maxAttempts: 1`: how often and how long to try is decided here. */
  client: Pick<ApiGatewayManagementApiClient, "send">
  clock: Clock
}

/** An attempt to close gives up after this. In milliseconds. */
const closeTimeout = 5000

/**
 * The Connections port over API Gateway's `@connections`. Each connection is posted to as often as somebody asks; that
 * posts do not overtake each other is for those who mind, as the pumps do.
 */
export function gatewayConnections({ client, clock }: GatewayOptions): Connections {
  /** Tries until the gateway takes it, says that nobody is there, or the time is over. */
  async function trying(timeoutMs: number, send: (signal: AbortSignal) => Promise<unknown>): Promise<"sent" | "gone"> {
    const timeUp = new AbortController()
    const done = new AbortController()
    void clock.sleep(timeoutMs, done.signal).then(() => timeUp.abort())
    try {
      for (let attempt = 0; ; attempt++) {
        try {
          await send(timeUp.signal)
          return "sent"
        } catch (thrown) {
          if (thrown instanceof GoneException) return "gone"
          if (timeUp.signal.aborted) throw new ConnectionBusy("the gateway took nothing in time", { cause: thrown })
          if (!isPassing(thrown)) throw thrown
          await clock.sleep(jitter(attempt), timeUp.signal)
          if (timeUp.signal.aborted) throw new ConnectionBusy("the gateway has too much to do", { cause: thrown })
        }
      }
    } finally {
      done.abort()
    }
  }

  return {
    async post(ConnectionId, make, timeoutMs) {
      const text = make()
      if (text === undefined) return "sent"
      const Data = new TextEncoder().encode(text)
      if (Data.length > limits.frame) {
        throw new RangeError(`a frame of ${Data.length} bytes is larger than the ${limits.frame} that one may have`)
      }
      return trying(timeoutMs, (abortSignal) =>
        client.send(new PostToConnectionCommand({ ConnectionId, Data }), { abortSignal }),
      )
    },
    async close(ConnectionId) {
      await trying(closeTimeout, (abortSignal) =>
        client.send(new DeleteConnectionCommand({ ConnectionId }), { abortSignal }),
      )
    },
  }
}
