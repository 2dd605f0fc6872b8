import type { ConverseEvent, ConverseOutput } from "./wire.ts"

/** An answer that came whole, as the events it would have been streamed with. */
export function* eventsOf({ output, stopReason, usage }: ConverseOutput): Generator<ConverseEvent, void, undefined> {
  for (const [contentBlockIndex, block] of (output?.message?.content ?? []).entries()) {
    const { text, toolUse, reasoningContent } = block
    const { reasoningText, redactedContent } = reasoningContent ?? {}
    if (toolUse !== undefined) {
      yield { contentBlockStart: { contentBlockIndex, start: { toolUse } } }
      const written = toolUse.input === undefined ? "" : JSON.stringify(toolUse.input)
      for (const input of piecesOf(written))
        yield { contentBlockDelta: { contentBlockIndex, delta: { toolUse: { input } } } }
    }
    if (text !== undefined) yield { contentBlockDelta: { contentBlockIndex, delta: { text } } }
    if (reasoningText !== undefined || redactedContent !== undefined) {
      const delta = { reasoningContent: { ...reasoningText, redactedContent } }
      yield { contentBlockDelta: { contentBlockIndex, delta } }
    }
    yield { contentBlockStop: { contentBlockIndex } }
  }
  if (stopReason !== undefined) yield { messageStop: { stopReason } }
  if (usage !== undefined) yield { metadata: { usage } }
}

/** The same of one that is still to come. */
export async function* eventsOfComing(answer: Promise<ConverseOutput>): AsyncGenerator<ConverseEvent, void, undefined> {
  yield* eventsOf(await answer)
}

/** As short as streamed ones are, not cut inside a character. */
const piecesOf = (text: string): readonly string[] => text.match(/[^]{1,1000}(?![\udc00-\udfff])/g) ?? []
