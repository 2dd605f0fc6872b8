import type { Actor } from "@omnichat/core/access/actor"
import { listMessages } from "@omnichat/core/chat/chats"
import type { ModelProvider } from "@omnichat/core/model/provider"
import type { Message } from "@omnichat/core/protocol/http"
import { newId } from "@omnichat/core/protocol/id"
import { bedrockProvider } from "@omnichat/core/provider/bedrock/provider"
import type { BedrockOptions } from "@omnichat/core/provider/bedrock/provider"
import { executeRun } from "@omnichat/core/run/execute"
import { startRun } from "@omnichat/core/run/start"
import { stopRun } from "@omnichat/core/run/stop"
import { memoryTable } from "@omnichat/core/store/memory"
import { createBedrock } from "@omnichat/functions/aws/bedrock"
import { timers } from "@omnichat/functions/timers"
import type { ConverseFrame } from "./bedrock-stand-in.ts"
import type { Sent } from "./bedrock-rules.ts"
import { lonePorts } from "./lone-ports.ts"
import type { ModelServer } from "./model-server.ts"
import { testCredentials } from "./sigv4.ts"

/** Bedrock over the wire, by AWS's own client, and a chat of the run engine on it. */

/** A clock on which time passes at once; what was waited for is kept. */
export function hasteful() {
  const pauses: number[] = []
  const clock = {
    now: () => 1_700_000_000_000 + pauses.reduce((sum, each) => sum + each, 0),
    sleep: (ms: number) => {
      pauses.push(ms)
      return Promise.resolve()
    },
  }
  return { pauses, clock }
}

/** `models` are ids: they are listed as the product would list them, from the table. */
export function bedrockOver(
  server: ModelServer,
  ids: readonly string[],
  options: Partial<BedrockOptions> = {},
  { streamedOnly = false }: { streamedOnly?: boolean } = {},
): ModelProvider {
  const { converse, converseStream } = createBedrock({
    region: "eu-central-1",
    credentials: testCredentials,
    endpoint: server.url,
  })
  return bedrockProvider({
    models: ids.map((id) => ({ id, name: id, capabilities: [], maxOutputTokens: 64_000 })),
    patience: { clock: hasteful().clock },
    ...(converse !== undefined && !streamedOnly && { converse }),
    converseStream,
    ...options,
  })
}

/** The body of the last request to a model. */
export const lastSent = (server: ModelServer): Sent =>
  server.requests.findLast(({ path }) => path.startsWith("/model/"))?.body as Sent

export const text = (text: string, contentBlockIndex = 0): ConverseFrame => [
  "contentBlockDelta",
  { contentBlockIndex, delta: { text } },
]
export const thought = (reasoningContent: object, contentBlockIndex = 0): ConverseFrame => [
  "contentBlockDelta",
  { contentBlockIndex, delta: { reasoningContent } },
]
export const call = (toolUseId: string, name: string, contentBlockIndex: number): ConverseFrame => [
  "contentBlockStart",
  { contentBlockIndex, start: { toolUse: { toolUseId, name } } },
]
export const input = (text: string, contentBlockIndex: number): ConverseFrame => [
  "contentBlockDelta",
  { contentBlockIndex, delta: { toolUse: { input: text } } },
]
export const blockStop = (contentBlockIndex = 0): ConverseFrame => ["contentBlockStop", { contentBlockIndex }]
export const stop = (stopReason = "end_turn"): ConverseFrame => ["messageStop", { stopReason }]
export const usage = (usage: object): ConverseFrame => ["metadata", { usage, metrics: { latencyMs: 1 } }]

const actor: Actor = { userId: "u", role: "admin" }

/** A chat on a store in memory: each question is answered below the last answer. */
export function chatOn(provider: ModelProvider) {
  const table = memoryTable({ now: Date.now })
  const chatId = newId("cht", Date.now())
  const ports = lonePorts({
    table,
    clock: { now: Date.now, ...timers },
    models: {
      list: () => Promise.resolve([]),
      find: (id) => {
        const name = id.replace(/^bedrock\//, "")
        return Promise.resolve({ id: `bedrock/${name}`, name, provider })
      },
    },
  })
  const messages = async (): Promise<Message[]> => (await listMessages(ports, actor, chatId, { limit: 50 })).messages

  return {
    messages,
    /** Asks, and gives the answer as it is stored at its end. `underWay` is called once the question is asked. */
    async say(words: string, model: string, underWay?: (stop: () => Promise<unknown>) => Promise<void>) {
      const runId = newId("run", Date.now())
      const ack = await startRun(ports, actor, {
        runId,
        chatId,
        message: { parts: [{ type: "text", text: words }] },
        model,
      })
      const running = executeRun(ports, { runId, turn: 0 })
      await underWay?.(() => stopRun(ports, actor, runId))
      await running
      const answer = (await messages()).find(({ id }) => id === ack.messageId)
      if (answer === undefined) throw new Error("the answer is not stored")
      return answer
    },
  }
}

export const wordsOf = ({ parts }: Message): string =>
  parts.map((part) => (part.type === "text" ? part.text : "")).join("")
