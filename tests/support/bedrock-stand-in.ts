import { EventStreamCodec } from "@smithy/core/event-streams"
import { fromUtf8, toUtf8 } from "@smithy/core/serde"
import { echo, startModelServer } from "./model-server.ts"
import type { ModelServer, Script, SeenPrompt, Wire } from "./model-server.ts"

/** A server that speaks Bedrock's ConverseStream, with models that answer by script. Signatures are not judged. */

export type BedrockModel = Script & {
  /** As Bedrock calls it: `amazon.nova-lite-v1:0`. */
  id: string
  /** What is said of a refusal or an error beside its status; the usual exception of the status by default. */
  exception?: string
  /** Leaves out the usage that comes after the end mark. */
  withoutUsage?: boolean
}

export type BedrockStandInOptions = {
  /** Default one model, `echo`. May be changed while it runs. */
  models?: BedrockModel[]
  port?: number
}

export type BedrockStandIn = ModelServer & { models: BedrockModel[] }

export async function startBedrockStandIn(options: BedrockStandInOptions = {}): Promise<BedrockStandIn> {
  const models = [...(options.models ?? [{ id: "echo" }])]
  const server = await startModelServer((methodAndPath) => {
    const [, name] = /^POST \/model\/([^/]+)\/converse-stream$/.exec(methodAndPath) ?? []
    if (name === undefined) return undefined
    return async ({ request: { body }, response, play }) => {
      const id = decodeURIComponent(name)
      const model = models.find((each) => each.id === id)
      const message = model === undefined ? `The model ${id} does not exist.` : faultOf(body)
      if (model === undefined || message !== undefined) {
        const type = model === undefined ? "ResourceNotFoundException" : "ValidationException"
        return void response.writeHead(model === undefined ? 404 : 400, json).end(refusalOf(type, message ?? ""))
      }
      await play(wireOf(model), { ...model, text: model.text ?? echo(promptOf(body)) })
    }
  }, options.port)
  return { ...server, models }
}

const json = { "content-type": "application/json" }

/** The exceptions of the API (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html). */
const exceptions: Record<number, string> = {
  400: "ValidationException",
  403: "AccessDeniedException",
  404: "ResourceNotFoundException",
  408: "ModelTimeoutException",
  424: "ModelErrorException",
  429: "ThrottlingException",
  500: "InternalServerException",
  503: "ServiceUnavailableException",
}

const refusalOf = (type: string, message: string): string => JSON.stringify({ __type: type, message })

type Sent = {
  messages: { role: string; content: { text?: string; image?: unknown }[] }[]
  system?: { text: string }[]
  inferenceConfig?: { maxTokens?: number }
}

/** What Bedrock refuses in every request; undefined where there is nothing. */
function faultOf(body: unknown): string | undefined {
  const { messages, system = [] } = body as Sent
  const isBlank = ({ text }: { text?: string }) => text !== undefined && text.trim() === ""
  if ([...messages.flatMap(({ content }) => content), ...system].some(isBlank)) return "The text field is blank."
  if (messages[0]?.role !== "user") return "A conversation must start with a user message."
  const isTwice = messages.some(({ role }, index) => messages[index - 1]?.role === role)
  if (isTwice) return "A conversation must alternate between user and assistant roles."
  const last = messages.at(-1)
  const text = last?.content.at(-1)?.text ?? ""
  if (last?.role === "assistant" && text !== text.trimEnd()) return "final assistant content cannot end with whitespace"
  return undefined
}

function promptOf(body: unknown): SeenPrompt {
  const { messages, system } = body as Sent
  return {
    ...(system === undefined ? {} : { system: system.map(({ text }) => text).join("\n") }),
    messages: messages.map(({ role, content }) => ({
      role,
      text: content.map(({ text = "" }) => text).join(""),
      images: content.filter(({ image }) => image !== undefined).length,
    })),
  }
}

function wireOf({ status, exception, withoutUsage }: BedrockModel): Wire {
  // Thoughts are a block of their own, before the words.
  const index = { thinking: 0, text: 1 }
  let thinks = false
  return {
    contentType: "application/vnd.amazon.eventstream",
    refusal: (message) => refusalOf(exception ?? exceptions[status ?? 500] ?? "InternalServerException", message),
    chunk(kind, text) {
      const delta = encodeEvent("contentBlockDelta", {
        contentBlockIndex: index[kind],
        delta: kind === "text" ? { text } : { reasoningContent: { text } },
      })
      const endsThought = kind === "text" && thinks
      thinks = kind === "thinking"
      if (!endsThought) return delta
      return Buffer.concat([encodeEvent("contentBlockStop", { contentBlockIndex: index.thinking }), delta])
    },
    // A length that no event has, and a checksum that is none.
    garbage: Buffer.concat([Buffer.from([0, 0, 0, 40, 0, 0, 0, 4, 1, 2, 3, 4]), Buffer.alloc(28, 7)]),
    error: (message) => encodeException(exception ?? "modelStreamErrorException", { message }),
    end: (script, outputTokens) =>
      Buffer.concat([
        encodeEvent("contentBlockStop", { contentBlockIndex: index.text }),
        encodeEvent("messageStop", { stopReason: script.finishReason ?? "end_turn" }),
        ...(withoutUsage === true
          ? []
          : [
              encodeEvent("metadata", {
                usage: { inputTokens: 11, outputTokens, totalTokens: 11 + outputTokens },
                metrics: { latencyMs: 1 },
              }),
            ]),
      ]),
  }
}

const codec = new EventStreamCodec(toUtf8, fromUtf8)
const asText = (value: string) => ({ type: "string" as const, value })

function encodeEvent(type: string, body: object): Uint8Array {
  return codec.encode({
    headers: {
      ":event-type": asText(type),
      ":content-type": asText("application/json"),
      ":message-type": asText("event"),
    },
    // Real ones are padded, so that their length tells nothing.
    body: fromUtf8(JSON.stringify({ ...body, p: "abcdefghijklmnop" })),
  })
}

function encodeException(type: string, body: object): Uint8Array {
  return codec.encode({
    headers: {
      ":exception-type": asText(type),
      ":content-type": asText("application/json"),
      ":message-type": asText("exception"),
    },
    body: fromUtf8(JSON.stringify(body)),
  })
}
