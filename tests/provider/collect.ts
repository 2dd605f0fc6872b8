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

export const textOf = (events: readonly ModelEvent[]): string =>
  events.map((event) => (event.type === "text-delta" ? event.delta : "")).join("")

export const ask = (text: string): ModelRequest["messages"] => [{ role: "user", content: [{ type: "text", text }] }]
