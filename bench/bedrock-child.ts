import { bedrockProvider } from "@omnichat/core/provider/bedrock/provider"
import type { ConverseEvent } from "@omnichat/core/provider/bedrock/wire"
import { median } from "./lib/statistics.ts"

/** Run in a process of its own: prints how many events of Bedrock's are mapped in a second of its processor time. */

const deltas = Number(process.argv[2])
const answers = Number(process.argv[3])

async function main(): Promise<void> {
  const wire = answerOf(deltas)
  const provider = bedrockProvider({
    models: [{ id: "m", name: "M", capabilities: [], maxOutputTokens: 4096 }],
    async *converseStream() {
      yield* wire
    },
  })
  const question = { role: "user" as const, content: [{ type: "text" as const, text: "Why?" }] }
  const request = { model: "m", messages: [question], params: {} }
  const rates: number[] = []
  for (let at = -1; at < answers; at++) {
    const before = process.cpuUsage()
    for await (const event of provider.stream(request, new AbortController().signal)) void event
    const { user, system } = process.cpuUsage(before)
    // The first one pays for the compiler.
    if (at >= 0) rates.push(wire.length / ((user + system) / 1e6))
  }
  process.stdout.write(String(median(rates)))
}

/** Thoughts that are sealed, words, and a call, in the proportions of a long answer. */
function answerOf(count: number): ConverseEvent[] {
  const thoughts = Math.floor(count * 0.2)
  const inputs = Math.floor(count * 0.1)
  const times = (number: number, event: ConverseEvent): ConverseEvent[] => Array.from({ length: number }, () => event)
  const toolUse = { toolUseId: "call-1", name: "look_up" }
  return [
    ...times(thoughts, {
      contentBlockDelta: { contentBlockIndex: 0, delta: { reasoningContent: { text: "thought" } } },
    }),
    { contentBlockDelta: { contentBlockIndex: 0, delta: { reasoningContent: { signature: "sealed" } } } },
    { contentBlockStop: { contentBlockIndex: 0 } },
    ...times(count - thoughts - inputs, { contentBlockDelta: { contentBlockIndex: 1, delta: { text: "7 chars" } } }),
    { contentBlockStop: { contentBlockIndex: 1 } },
    { contentBlockStart: { contentBlockIndex: 2, start: { toolUse } } },
    ...times(inputs, { contentBlockDelta: { contentBlockIndex: 2, delta: { toolUse: { input: "1234567" } } } }),
    { contentBlockStop: { contentBlockIndex: 2 } },
    { messageStop: { stopReason: "tool_use" } },
    { metadata: { usage: { inputTokens: 1, outputTokens: count } } },
  ]
}

await main()
