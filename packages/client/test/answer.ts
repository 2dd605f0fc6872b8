import type { Event } from "@omnichat/core/protocol/event"
import type { FollowAck, StartAck } from "@omnichat/core/protocol/frame"
import { newId } from "@omnichat/core/protocol/id"
import type { RunId } from "@omnichat/core/protocol/id"

/** A run that says `words`, event by event, and what its server says of it. */
export type Answer = {
  runId: RunId
  events: Event[]
  text: string
  startAck: StartAck
  followAck: FollowAck
}

export function answerOf(words: string[], runId: RunId = newId("run", 0)): Answer {
  const messageId = newId("msg", 0)
  const chatId = newId("cht", 0)
  const events: Event[] = [
    { type: "start", messageId, messageMetadata: { model: "demo/tour", createdAt: "2025-01-01T00:00:00.000Z" } },
    { type: "text-start", id: "1" },
    ...words.map((delta): Event => ({ type: "text-delta", id: "1", delta })),
    { type: "text-end", id: "1" },
    {
      type: "message-metadata",
      messageMetadata: { status: "complete", usage: { inputTokens: 1, outputTokens: words.length, durationMs: 5 } },
    },
    { type: "finish", finishReason: "stop" },
  ]
  return {
    runId,
    events,
    text: words.join(""),
    startAck: { runId, chatId, messageId, status: "queued" },
    followAck: { runId, chatId, messageId, status: "running", last: events.length },
  }
}
