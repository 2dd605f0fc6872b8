import { echo, startModelServer } from "./model-server.ts"
import type { ModelServer, Script, SeenPrompt, Wire } from "./model-server.ts"

/** A server that speaks Ollama's wire (https://docs.ollama.com/api), with models that answer by script. */

export type OllamaModel = Script & {
  /** With its tag. */
  name: string
  /** Default `completion` and `tools`. */
  capabilities?: string[]
  family?: string
  contextLength?: number
  sizeBytes?: number
  /** The values of `think` that `/api/show` tells; by default those of a server from before it did. */
  thinkValues?: (boolean | string)[]
  loaded?: boolean
}

export type OllamaStandInOptions = {
  /** Default `usualModels`. May be changed while it runs. */
  models?: OllamaModel[]
  port?: number
  /** False for a server of before 2026, where capabilities are in `/api/show` only. */
  tagsTellCapabilities?: boolean
}

export type OllamaStandIn = ModelServer & { models: OllamaModel[] }

/** What an ordinary machine has: a model that echoes, one that thinks, one that sees. */
export const usualModels: OllamaModel[] = [
  { name: "echo:latest", contextLength: 32_768, sizeBytes: 2_019_393_189, loaded: true },
  {
    name: "thinker:8b",
    capabilities: ["completion", "tools", "thinking"],
    contextLength: 40_960,
    sizeBytes: 5_225_388_164,
    thinking: "The question is short, so the answer can be short too.",
  },
  {
    name: "seer:4b",
    capabilities: ["completion", "vision"],
    contextLength: 131_072,
    sizeBytes: 3_338_801_804,
  },
]

/** A model for each bad day, named after it. */
export const faultyModels: OllamaModel[] = [
  { name: "dies:latest", fault: "die" },
  { name: "garbage:latest", fault: "garbage" },
  { name: "error:latest", fault: "error" },
  { name: "endless:latest", fault: "no-end" },
  { name: "silent:latest", holdAfter: 3 },
  { name: "split:latest", bytesPerWrite: 1, text: 'Grüße aus Žižkov, 你好, 👩‍🚀 und "Anführung"\nmit Umbruch.' },
  { name: "cut-short:latest", finishReason: "length" },
  { name: "load:latest", text: "", finishReason: "load" },
  ...[400, 404, 429, 500, 503].map((status) => ({ name: `status-${status}:latest`, status })),
  { name: "slow:latest", intervalMs: 48, text: "A long answer at the pace of a small model. ".repeat(100) },
]

const createdAt = "2026-01-01T00:00:00.000000000Z"

export async function startOllamaStandIn(options: OllamaStandInOptions = {}): Promise<OllamaStandIn> {
  const { tagsTellCapabilities = true, port } = options
  const models = [...(options.models ?? usualModels)]
  const find = (body: unknown) => {
    const { model } = body as { model?: string }
    return models.find(({ name }) => name === model || name === `${model}:latest`)
  }
  const server = await startModelServer(
    {
      "GET /api/version": ({ response }) => void response.end(JSON.stringify({ version: "0.40.0" })),
      "GET /api/tags": ({ response }) => {
        const told = (model: OllamaModel) => ({
          capabilities: capabilitiesOf(model),
          ...(model.contextLength === undefined ? {} : { context_length: model.contextLength }),
        })
        response.end(
          JSON.stringify({ models: models.map((model) => tag(model, tagsTellCapabilities ? told(model) : {})) }),
        )
      },
      "GET /api/ps": ({ response }) => {
        const loaded = models.filter((model) => model.loaded)
        response.end(JSON.stringify({ models: loaded.map((model) => tag(model, {})) }))
      },
      "POST /api/show": ({ request: { body }, response }) => {
        const model = find(body)
        if (model === undefined) return void response.writeHead(404).end(notFound(body))
        response.end(JSON.stringify(shown(model)))
      },
      "POST /api/chat": async ({ request: { body }, response, play }) => {
        const model = find(body)
        if (model === undefined) return void response.writeHead(404).end(notFound(body))
        const { think } = body as { think?: unknown }
        const reasons = capabilitiesOf(model).includes("thinking")
        if (think && !reasons) {
          return void response
            .writeHead(400)
            .end(JSON.stringify({ error: `"${model.name}" does not support thinking` }))
        }
        const { thinking, ...quiet } = model
        const spoken = { ...quiet, text: model.text ?? echo(promptOf(body)) }
        await play(wireOf(model.name), thinking !== undefined && think !== false ? { ...spoken, thinking } : spoken)
      },
    },
    port,
  )
  return { ...server, models }
}

const capabilitiesOf = (model: OllamaModel): string[] => model.capabilities ?? ["completion", "tools"]

function tag(model: OllamaModel, told: { capabilities?: string[]; context_length?: number }): object {
  const { capabilities, context_length } = told
  return {
    name: model.name,
    model: model.name,
    modified_at: createdAt,
    size: model.sizeBytes ?? 1_000_000,
    digest: `digest of ${JSON.stringify(model).length} ${model.name}`,
    details: {
      format: "gguf",
      family: model.family ?? "echo",
      families: null,
      ...(context_length === undefined ? {} : { context_length }),
    },
    ...(capabilities === undefined ? {} : { capabilities }),
  }
}

function shown(model: OllamaModel): object {
  const family = model.family ?? "echo"
  return {
    details: { family },
    capabilities: capabilitiesOf(model),
    model_info: {
      "general.architecture": family,
      ...(model.contextLength === undefined ? {} : { [`${family}.context_length`]: model.contextLength }),
    },
    ...(model.thinkValues === undefined ? {} : { thinking: { values: model.thinkValues } }),
  }
}

const notFound = (body: unknown): string =>
  JSON.stringify({ error: `model '${String((body as { model?: unknown }).model)}' not found` })

function promptOf(body: unknown): SeenPrompt {
  const { messages } = body as { messages: { role: string; content: string; images?: string[] }[] }
  const system = messages.find((message) => message.role === "system")?.content
  return {
    ...(system === undefined ? {} : { system }),
    messages: messages
      .filter((message) => message.role !== "system")
      .map(({ role, content, images }) => ({ role, text: content, images: images?.length ?? 0 })),
  }
}

function wireOf(model: string): Wire {
  const line = (rest: object) => `${JSON.stringify({ model, created_at: createdAt, ...rest })}\n`
  return {
    contentType: "application/x-ndjson",
    refusal: (message) => JSON.stringify({ error: message }),
    chunk: (kind, text) =>
      line({
        message: { role: "assistant", content: "", ...(kind === "text" ? { content: text } : { thinking: text }) },
        done: false,
      }),
    garbage: "<html><title>502 Bad Gateway</title></html>\n",
    error: (message) => `${JSON.stringify({ error: message })}\n`,
    end: (script, chunks) =>
      line({
        message: { role: "assistant", content: "" },
        done: true,
        done_reason: script.finishReason ?? "stop",
        total_duration: 1_000_000,
        prompt_eval_count: 11,
        eval_count: chunks,
      }),
  }
}
