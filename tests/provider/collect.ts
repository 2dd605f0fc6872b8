import type { ModelEvent, ModelProvider, ModelRequest } from "@omnichat/core/model/provider"

/** The events of one answer, and what it threw instead of an end. */
export async function collect(
  provider: ModelProvider,
  request: ModelRequest,
  signal = new AbortController().signal,
): Promise<{ events: ModelEvent[]; error?: unknown }> {
  const events: ModelEvent[] = []
  try {
    for await (const event of provider.stream(request, signal)) events.push(event)
    return { events }
  } catch (error) {
    return { events, error }
  }
}

/** Asks a model, and leaves when it has said so many characters: rejects with "stopped by hand". */
export async function leaveAfter(provider: ModelProvider, model: string, characters: number): Promise<void> {
  const stop = new AbortController()
  const seen: ModelEvent[] = []
  for await (const event of provider.stream({ model, messages: ask("x"), params: {} }, stop.signal)) {
    seen.push(event)
    if (textOf(seen).length === characters) stop.abort(new Error("stopped by hand"))
  }
}

export const textOf = (events: readonly ModelEvent[]): string =>
  events.map((event) => (event.type === "text-delta" ? event.delta : "")).join("")

export const ask = (text: string): ModelRequest["messages"] => [{ role: "user", content: [{ type: "text", text }] }]
