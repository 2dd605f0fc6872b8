import { describe } from "@omnichat/core/log"
import type { Log } from "@omnichat/core/log"
import type { RunReading } from "@omnichat/core/run/read"

/**
 * A run as Server-Sent Events (protocol H3): the number as `id`, the event as `data`, a comment as a sign of life, at the
 * end `[DONE]`. Entries are read as the client takes them; when it leaves, `leaving` is aborted. A stream that breaks off
 * ends without `[DONE]`, and the client resumes it from the last number it holds.
 */
export function eventStream(
  entries: AsyncIterable<RunReading>,
  leaving: AbortController,
  log: Log,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const iterator = entries[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const next = await iterator.next()
          if (next.done !== true) return controller.enqueue(encoder.encode(textOf(next.value)))
          if (!leaving.signal.aborted) controller.enqueue(encoder.encode("data: [DONE]\n\n"))
        } catch (thrown) {
          if (!leaving.signal.aborted) log.error("event-stream-broke-off", { error: describe(thrown) })
        }
        controller.close()
      },
      async cancel() {
        leaving.abort()
        await iterator.return?.()
      },
    },
    { highWaterMark: 0 },
  )
}

const textOf = (entry: RunReading): string =>
  entry === "alive" ? ": alive\n\n" : `id: ${entry.number}\ndata: ${entry.json}\n\n`
