import { EventStreamCodec } from "@smithy/core/event-streams"
import { fromUtf8, toUtf8 } from "@smithy/core/serde"
import type { ServerResponse } from "node:http"
import { faultOf } from "./bedrock-rules.ts"
import type { Sent, Strictness } from "./bedrock-rules.ts"
import { echo, startModelServer } from "./model-server.ts"
import type { ModelServer, Script, SeenPrompt, Wire } from "./model-server.ts"

/** A server that speaks Bedrock's Converse and its lists, with models that answer by script. Signatures are not judged. */

export type BedrockModel = Script & {
  /** As Bedrock calls it: `amazon.nova-lite-v1:0`. */
  id: string
  /** What is said of a refusal or an error beside its status; the usual exception of the status by default. */
  exception?: string
  /** Its words, by default `a failure with status …`. */
  refusal?: string
  /** Refuses so many requests by `status`, and answers those after them; all by default. */
  refusals?: number
  /** Leaves out the usage that comes after the end mark. */
  withoutUsage?: boolean
  /** The very events of its answer, instead of one made from a script; `exception` with a name is one in mid-stream. */
  events?: readonly ConverseFrame[]
  /** Breaks off the connection inside the frame of this number (from 0) of `events`. */
  cutInside?: number
  /** Falls silent before the frame of this number (from 0) of `events` until `release()`. */
  silentBefore?: number
  /** The answer of Converse, which comes whole. */
  whole?: object
  /** What it refuses beside what every model does. */
  strict?: Strictness
}

/** An event as it is in the API: `[":event-type", body]`. */
export type ConverseFrame = readonly [type: string, body: object]

export type BedrockStandInOptions = {
  /** Default one model, `echo`. May be changed while it runs. */
  models?: BedrockModel[]
  /** What the control plane lists. */
  foundations?: object[]
  /** Pages of the control plane's list of inference profiles. */
  profiles?: object[][]
  port?: number
}

export type BedrockStandIn = ModelServer & {
  models: BedrockModel[]
  /** What the control plane says; `refusal` is the exception it answers with instead. */
  lists: { foundations: object[]; profiles: object[][]; refusal?: string }
}

export async function startBedrockStandIn(options: BedrockStandInOptions = {}): Promise<BedrockStandIn> {
  const models = [...(options.models ?? [{ id: "echo" }])]
  const { foundations = [], profiles = [[]] } = options
  const lists: BedrockStandIn["lists"] = { foundations, profiles }
  const refused = new Map<BedrockModel, number>()
  const silent = new Set<() => void>()
  const silence = (response: ServerResponse): Promise<void> =>
    new Promise((resolve) => {
      silent.add(resolve)
      response.once("close", resolve)
    })
  const server = await startModelServer((methodAndPath) => {
    const list = listOf(methodAndPath, lists)
    if (list !== undefined) {
      return ({ response }) => {
        const { refusal } = lists
        if (refusal === undefined) return void response.writeHead(200, json).end(JSON.stringify(list))
        response.writeHead(statusOf(refusal), { ...json, "x-amzn-errortype": refusal })
        response.end(refusalOf(refusal, "so says the stand-in"))
      }
    }
    const [, name, how] = /^POST \/model\/([^/]+)\/(converse-stream|converse)$/.exec(methodAndPath) ?? []
    if (name === undefined) return undefined
    return async ({ request: { body }, response, play }) => {
      const id = decodeURIComponent(name)
      const model = models.find((each) => each.id === id)
      const message = model === undefined ? `The model ${id} does not exist.` : faultOf(body as Sent, model.strict)
      if (model === undefined || message !== undefined) {
        const type = model === undefined ? "ResourceNotFoundException" : "ValidationException"
        return void response.writeHead(model === undefined ? 404 : 400, json).end(refusalOf(type, message ?? ""))
      }
      const { status, refusals = Number.POSITIVE_INFINITY } = model
      const count = refused.get(model) ?? 0
      if (status !== undefined && count < refusals) {
        refused.set(model, count + 1)
        const text = refusalOf(exceptionOf(model), model.refusal ?? `a failure with status ${status}`)
        return void response.writeHead(status, { ...json, ...model.headers }).end(text)
      }
      if (how === "converse") return void response.writeHead(200, json).end(JSON.stringify(model.whole ?? {}))
      if (model.events !== undefined) return playEvents(response, model, () => silence(response))
      const { status: _refused, ...script } = model
      await play(wireOf(model), { ...script, text: model.text ?? echo(promptOf(body)) })
    }
  }, options.port)
  const release = (): void => {
    server.release()
    for (const goOn of silent) goOn()
    silent.clear()
  }
  return { ...server, models, lists, release }
}

const json = { "content-type": "application/json" }

/** The lists of the control plane, page by page. */
function listOf(methodAndPath: string, { foundations, profiles }: BedrockStandIn["lists"]): object | undefined {
  const [method, path = ""] = methodAndPath.split(" ")
  const url = new URL(path, "http://stand-in")
  if (method !== "GET") return undefined
  if (url.pathname === "/foundation-models") return { modelSummaries: foundations }
  if (url.pathname !== "/inference-profiles") return undefined
  const page = Number(url.searchParams.get("nextToken") ?? "0")
  const next = page + 1 < profiles.length ? { nextToken: String(page + 1) } : {}
  return { inferenceProfileSummaries: profiles[page] ?? [], ...next }
}

/** Writes the frames of an answer one by one, with the faults that they have. */
async function playEvents(
  response: ServerResponse,
  { events = [], cutInside, silentBefore, bytesPerWrite }: BedrockModel,
  silence: () => Promise<void>,
): Promise<void> {
  response.writeHead(200, { "content-type": eventStream })
  response.flushHeaders()
  for (const [index, [type, body]] of events.entries()) {
    if (index === silentBefore) await silence()
    const frame = type.endsWith("Exception") ? encodeException(type, body) : encodeEvent(type, body)
    if (index === cutInside) {
      await writeTo(response, frame.subarray(0, frame.length / 2))
      return void response.destroy()
    }
    const size = bytesPerWrite ?? frame.length
    for (let from = 0; from < frame.length; from += size) await writeTo(response, frame.subarray(from, from + size))
  }
  response.end()
}

const writeTo = (response: ServerResponse, bytes: Uint8Array): Promise<void> =>
  new Promise((resolve) => response.write(bytes, () => resolve()))

const eventStream = "application/vnd.amazon.eventstream"

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

const exceptionOf = ({ exception, status }: BedrockModel): string =>
  exception ?? exceptions[status ?? 500] ?? "InternalServerException"

const statusOf = (exception: string): number =>
  Number(Object.entries(exceptions).find(([, name]) => name === exception)?.[0] ?? 400)

const refusalOf = (type: string, message: string): string => JSON.stringify({ __type: type, message })

function promptOf(body: unknown): SeenPrompt {
  const { messages, system } = body as Sent
  return {
    ...(system === undefined ? {} : { system: system.flatMap(({ text }) => text ?? []).join("\n") }),
    messages: messages.map(({ role, content }) => ({
      role,
      text: content.map(({ text, guardContent }) => text ?? guardContent?.text.text ?? "").join(""),
      images: content.filter(({ image }) => image !== undefined).length,
    })),
  }
}

function wireOf(model: BedrockModel): Wire {
  // Thoughts are a block of their own, before the words.
  const index = { thinking: 0, text: 1 }
  const { exception, withoutUsage } = model
  let thinks = false
  return {
    contentType: eventStream,
    refusal: (message) => refusalOf(exceptionOf(model), message),
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
