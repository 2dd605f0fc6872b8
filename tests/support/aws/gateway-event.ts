import type { IncomingMessage } from "node:http"

/** The events of a WebSocket API, with the members that AWS gives them
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html). */

export type Context = Record<string, string>

export type Known = {
  id: string
  stage: string
  connectedAt: number
  requestId(): string
  /** What the authorizer has said; every value has become a text on its way. */
  authorizer?: Context
}

const apiId = "a1b2c3d4e5"
export const region = "us-east-1"

function contextOf(known: Known, routeKey: string, eventType: string): object {
  return {
    routeKey,
    eventType,
    extendedRequestId: known.requestId(),
    requestTime: "01/Jan/2026:00:00:00 +0000",
    messageDirection: "IN",
    stage: known.stage,
    connectedAt: known.connectedAt,
    requestTimeEpoch: Date.now(),
    identity: { sourceIp: "127.0.0.1" },
    requestId: known.requestId(),
    domainName: `${apiId}.execute-api.${region}.amazonaws.com`,
    connectionId: known.id,
    apiId,
    ...(known.authorizer !== undefined && { authorizer: known.authorizer }),
  }
}

/** Names as the client wrote them; of several lines of one name the last. */
function headersOf({ rawHeaders }: IncomingMessage): { headers: Context; multiValueHeaders: Record<string, string[]> } {
  const headers: Context = {}
  const multiValueHeaders: Record<string, string[]> = {}
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name = "", value = ""] = rawHeaders.slice(at, at + 2)
    // The handshake itself is the gateway's.
    if (/^(?:connection|upgrade)$/i.test(name)) continue
    headers[name] = value
    ;(multiValueHeaders[name] ??= []).push(value)
  }
  return { headers, multiValueHeaders }
}

export const authorizerEvent = (known: Known, request: IncomingMessage): object => ({
  type: "REQUEST",
  methodArn: `arn:aws:execute-api:${region}:123456789012:${apiId}/${known.stage}/$connect`,
  ...headersOf(request),
  requestContext: contextOf(known, "$connect", "CONNECT"),
})

export const connectEvent = (known: Known, request: IncomingMessage): object => ({
  ...headersOf(request),
  requestContext: contextOf(known, "$connect", "CONNECT"),
  isBase64Encoded: false,
})

export const messageEvent = (known: Known, data: Buffer, isBinary: boolean): object => ({
  requestContext: { ...contextOf(known, "$default", "MESSAGE"), messageId: known.requestId() },
  body: data.toString(isBinary ? "base64" : "utf8"),
  isBase64Encoded: isBinary,
})

export const disconnectEvent = (known: Known, code: number): object => ({
  headers: { Host: `${apiId}.execute-api.${region}.amazonaws.com` },
  requestContext: {
    ...contextOf(known, "$disconnect", "DISCONNECT"),
    disconnectStatusCode: code,
    disconnectReason: "",
  },
  isBase64Encoded: false,
})
