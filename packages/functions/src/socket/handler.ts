import type { Actor } from "@omnichat/core/access/actor"
import { closeConnection, openConnection } from "@omnichat/core/connection/registry"
import { describe } from "@omnichat/core/log"
import type { Ports } from "@omnichat/core/ports"
import { OmniError } from "@omnichat/core/protocol/error"
import { action as actionSchema } from "@omnichat/core/protocol/frame"
import type { ErrorFrame, Frame } from "@omnichat/core/protocol/frame"
import { tell } from "../errors.ts"
import { parseForm, parseJson } from "../form.ts"
import { perform } from "./actions.ts"

export type SocketOptions = {
  /** How long, in milliseconds, an answer waits for a connection that takes nothing; after that the client asks again (protocol A2). */
  answerTimeout?: number
}

/** What a runtime calls when something happens on a socket. None of these throws because of what a client sent. */
export type SocketHandler = {
  /** @throws OmniError when this connection may not be */
  open(actor: Actor, connectionId: string): Promise<void>
  /**
   * Resolves when the action has been answered by one `ack`, `pong` or `error`; calls may overlap. `refusal` is an answer
   * that the runtime has decided upon already (too many actions).
   */
  message(actor: Actor, connectionId: string, data: string | Uint8Array, refusal?: OmniError): Promise<void>
  close(connectionId: string): Promise<void>
}

/** The socket side (protocol A1 to A3, F1, F3), the same in both runtimes. */
export function createSocketHandler(ports: Ports, { answerTimeout = 60_000 }: SocketOptions = {}): SocketHandler {
  const send = async (connectionId: string, frame: Frame): Promise<void> => {
    try {
      await ports.connections.post(connectionId, () => JSON.stringify(frame), answerTimeout)
    } catch (thrown) {
      ports.log.warn("answer-not-sent", { connectionId, type: frame.type, error: describe(thrown) })
    }
  }

  return {
    open: (actor, connectionId) => openConnection(ports, actor, connectionId),

    async message(actor, connectionId, data, refusal) {
      let id: string | undefined
      let answered = false
      const answer = (frame: Frame) => {
        answered = true
        return send(connectionId, frame)
      }
      try {
        if (typeof data !== "string") throw new OmniError("invalid", "A frame must be text, and this one was binary.")
        const input = parseJson(data, "The frame")
        id = usableId(input)
        if (refusal !== undefined) throw refusal
        const action = parseForm(actionSchema, input, "The frame")
        await perform(ports, actor, connectionId, action, answer)
      } catch (thrown) {
        const error = tell(thrown, ports.log, "socket")
        if (answered) return ports.log.warn("failed-after-answer", { connectionId, error: describe(thrown) })
        await answer(errorFrame(id, error))
        if (error.code === "unauthenticated") await ports.connections.close(connectionId) // protocol C3
      }
    },

    close: (connectionId) => closeConnection(ports, connectionId),
  }
}

/** The id to answer with, if the frame has one that may be used (protocol A1, F3). */
function usableId(input: unknown): string | undefined {
  if (typeof input !== "object" || input === null || Array.isArray(input) || !("id" in input)) return undefined
  const { id } = input
  return typeof id === "string" && id.length >= 1 && id.length <= 64 ? id : undefined
}

function errorFrame(id: string | undefined, error: OmniError): ErrorFrame {
  return {
    type: "error",
    ...(id === undefined ? {} : { id }),
    ...error.toWire(),
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
  }
}
