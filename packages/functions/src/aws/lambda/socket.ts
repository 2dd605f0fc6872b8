import { describe } from "@omnichat/core/log"
import type { Ports } from "@omnichat/core/ports"
import { OmniError } from "@omnichat/core/protocol/error"
import { limits } from "@omnichat/core/protocol/limits"
import * as v from "valibot"
import { statusOf } from "../../errors.ts"
import { createSocketHandler } from "../../socket/handler.ts"
import { untilSettled } from "../background.ts"
import { offeredProtocols } from "../bearer.ts"
import type { Runtime } from "../runtime.ts"
import { headers } from "./headers.ts"

/** What the authorizer has said; a number may have become a text on its way. */
const actor = v.object({
  userId: v.pipe(v.string(), v.nonEmpty()),
  role: v.picklist(["admin", "user", "pending"]),
  expiresAt: v.exactOptional(v.pipe(v.union([v.string(), v.number()]), v.transform(Number), v.finite())),
})
const context = { connectionId: v.string(), authorizer: actor }
/** https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html */
const socketEvent = v.variant("eventType", [
  v.object({ eventType: v.literal("CONNECT"), ...context }),
  v.object({ eventType: v.literal("MESSAGE"), ...context }),
  v.object({ eventType: v.literal("DISCONNECT"), connectionId: v.string() }),
])
const event = v.object({
  requestContext: socketEvent,
  headers,
  body: v.nullish(v.string(), ""),
  isBase64Encoded: v.nullish(v.boolean(), false),
})

type Answer = { statusCode: number; headers?: Record<string, string> }

/** An answer that the gateway does not take for so long is asked for again (protocol A2). In milliseconds. */
const answerTimeout = 10_000

/** `$connect`, `$disconnect` and `$default` of the socket. Only what `$connect` gives reaches the client. */
export function createSocketFunction({ ports, settled }: Runtime): (event: unknown) => Promise<Answer> {
  const handler = createSocketHandler(ports, { answerTimeout })

  async function handle(sent: unknown): Promise<Answer> {
    const { requestContext: request, headers, body, isBase64Encoded } = v.parse(event, sent)
    const { connectionId } = request
    switch (request.eventType) {
      case "CONNECT":
        return open(ports, () => handler.open(request.authorizer, connectionId), headers.get("sec-websocket-protocol"))
      case "MESSAGE": {
        const data = isBase64Encoded ? Buffer.from(body, "base64") : body
        // In one frame the gateway takes no more; one that came in several is closed as it would close it (protocol C5).
        if (Buffer.byteLength(data) > limits.messageToServer) await ports.connections.close(connectionId)
        else await handler.message(request.authorizer, connectionId, data)
        return { statusCode: 200 }
      }
      case "DISCONNECT":
        await handler.close(connectionId)
        return { statusCode: 200 }
    }
  }
  return (sent) => untilSettled({ settled }, () => handle(sent))
}

async function open({ log }: Pick<Ports, "log">, opening: () => Promise<void>, offered?: string): Promise<Answer> {
  try {
    await opening()
  } catch (thrown) {
    log[thrown instanceof OmniError ? "info" : "error"]("connection-not-opened", { error: describe(thrown) })
    return { statusCode: thrown instanceof OmniError ? statusOf[thrown.code] : 500 }
  }
  const selects = offeredProtocols(offered).includes("omnichat.v1")
  return { statusCode: 200, ...(selects && { headers: { "Sec-WebSocket-Protocol": "omnichat.v1" } }) }
}
