import { EventStreamCodec } from "@smithy/core/event-streams"
import { fromUtf8, toUtf8 } from "@smithy/core/serde"

const codec = new EventStreamCodec(toUtf8, fromUtf8)

/** How a streamed call of a function goes on the wire (https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStream.html). */
export const responseEventsType = "application/vnd.amazon.eventstream"

const encode = (type: string, contentType: string, body: Uint8Array): Uint8Array =>
  codec.encode({
    headers: {
      ":message-type": { type: "string", value: "event" },
      ":event-type": { type: "string", value: type },
      ":content-type": { type: "string", value: contentType },
    },
    body,
  })

/** Bytes that a function wrote. */
export const chunkEvent = (bytes: Uint8Array): Uint8Array => encode("PayloadChunk", "application/octet-stream", bytes)

/** The function has ended; with what went wrong, if anything did. */
export const completeEvent = (failed: { ErrorCode?: string; ErrorDetails?: string } = {}): Uint8Array =>
  encode("InvokeComplete", "application/json", fromUtf8(JSON.stringify(failed)))
