import type { ModelEvent, ProviderResponse } from "../model/provider.ts"
import { OmniError } from "../protocol/error.ts"
import { Lines, decodeLine } from "./lines.ts"
import type { Server } from "./server.ts"

/** What knows the lines of one API's stream; one for each answer. */
export interface AnswerReader {
  /** Takes one line and adds its events. True once the answer is complete. Throws OmniError. */
  line(line: string, events: ModelEvent[]): boolean
  /** The stream is over and no line has completed the answer: true if it is complete all the same. */
  end(events: ModelEvent[]): boolean
}

/**
 * The events of one streamed answer. How the stream was split does not show in them. Throws what `open` throws, and
 * `upstream_failed` when the stream ends or breaks off before the answer is complete, or holds what cannot be read; the
 * events before that are given out.
 *
 * This runs for every chunk of every answer: one generator, no layers of them.
 */
export async function* readAnswer(
  server: Server,
  open: () => Promise<ProviderResponse>,
  reader: AnswerReader,
  signal: AbortSignal,
): AsyncGenerator<ModelEvent, void, undefined> {
  const response = await open()
  const lines = new Lines()
  const events: ModelEvent[] = []
  let fault: unknown
  try {
    for await (const bytes of response.body ?? []) {
      for (const line of lines.push(bytes)) {
        const complete = reader.line(decode(server, line), events)
        for (const event of events) yield event
        if (complete) return
        events.length = 0
      }
    }
    const last = lines.end()
    if (last !== undefined) {
      const complete = reader.line(decode(server, last), events)
      for (const event of events) yield event
      if (complete) return
      events.length = 0
    }
  } catch (thrown) {
    if (thrown instanceof OmniError) throw thrown
    fault = thrown
  }
  if (signal.aborted) throw signal.reason
  if (fault instanceof RangeError) throw server.unreadable(fault.message)
  if (!reader.end(events)) throw server.brokeOff(fault)
  for (const event of events) yield event
}

function decode(server: Server, line: Uint8Array): string {
  try {
    return decodeLine(line)
  } catch (thrown) {
    throw server.unreadable(new TextDecoder().decode(line), thrown)
  }
}

/** The JSON object in a text of a stream. Throws `upstream_failed` naming what came instead. */
export function parseObject(server: Server, text: string): object {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (thrown) {
    throw server.unreadable(text, thrown)
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw server.unreadable(text)
  return value
}
