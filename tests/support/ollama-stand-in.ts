import { echo, startModelServer } from "./model-server.ts"
import type { Exchange, ModelServer, Script, SeenPrompt, Wire } from "./model-server.ts"
import { OllamaMemory, runnerOptions } from "./ollama-memory.ts"

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
  /** In memory from the start. */
  loaded?: boolean
  /** Bytes it takes in memory, and of them on the GPU; by default all, and as many as on the disk. */
  memoryBytes?: number
  gpuBytes?: number
  /** How a load goes: it has ended when this resolves, and failed when it rejects. By default at once. */
  load?: () => Promise<void>
  /** Called instead of an answer's end, each in one line as Ollama does. */
  toolCalls?: { id?: string; name: string; arguments: unknown }[]
}

/** What a download writes, a line at a time; with a model at the end, that is there from then on. */
export type PullScript = (write: (line: object) => void, left: Promise<unknown>) => Promise<OllamaModel | undefined>

export type OllamaStandInOptions = {
  /** Default `usualModels`. May be changed while it runs. */
  models?: OllamaModel[]
  port?: number
  /** False for a server of before 2026, where capabilities are in `/api/show` only. */
  tagsTellCapabilities?: boolean
  /** An answer loads its model first, as a real server does. Without it only questions without a prompt do. */
  loadsOnAsk?: boolean
  /** What can be downloaded, by full name. May be changed while it runs. */
  pulls?: Record<string, PullScript>
  /** Calls that it does not know, like `GET /api/ps`. */
  without?: string[]
}

export type OllamaStandIn = ModelServer & {
  models: OllamaModel[]
  pulls: Record<string, PullScript>
  /** Calls that get no reply, like `GET /api/version`, until the client leaves. */
  hanging: Set<string>
  /** Every load that was begun, by the model's name. */
  loads: readonly string[]
  /** The models in memory, or on their way there. */
  inMemory(): string[]
}

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
  const { tagsTellCapabilities = true, loadsOnAsk = false, without = [], port } = options
  const models = [...(options.models ?? usualModels)]
  const pulls = { ...options.pulls }
  const hanging = new Set<string>()
  const memory = new OllamaMemory()
  const find = (body: unknown) => {
    const { model } = body as { model?: string }
    return models.find(({ name }) => name === model || name === `${model}:latest`)
  }
  const routes: Record<string, (exchange: Exchange) => void | Promise<void>> = {
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
      const loaded = models.filter((model) => memory.has(model))
      response.end(JSON.stringify({ models: loaded.map((model) => ({ ...tag(model, {}), ...inMemory(model) })) }))
    },
    "POST /api/show": ({ request: { body }, response }) => {
      const model = find(body)
      if (model === undefined) return void response.writeHead(404).end(notFound(body))
      response.end(JSON.stringify(shown(model)))
    },
    "POST /api/generate": async ({ request: { body, ended }, response }) => {
      const model = find(body)
      if (model === undefined) return void response.writeHead(404).end(notFound(body))
      const refuse = (status: number, error: string) => void response.writeHead(status).end(JSON.stringify({ error }))
      if (!capabilitiesOf(model).includes("completion")) return refuse(400, `"${model.name}" does not support generate`)
      const { prompt = "", keep_alive } = body as { prompt?: string; keep_alive?: unknown }
      if (prompt !== "") return refuse(501, "the stand-in answers chats only")
      if (keep_alive === 0) memory.unload(model)
      else {
        try {
          await memory.load(model, runnerOptions(body), ended)
        } catch (thrown) {
          return refuse(500, (thrown as Error).message)
        }
      }
      const done_reason = keep_alive === 0 ? "unload" : "load"
      response.end(JSON.stringify({ model: model.name, created_at: createdAt, response: "", done: true, done_reason }))
    },
    "POST /api/pull": async ({ request: { body, ended }, response }) => {
      const { model: name = "" } = body as { model?: string }
      const write = (line: object) => void response.write(`${JSON.stringify(line)}\n`)
      response.writeHead(200, { "content-type": "application/x-ndjson" }).flushHeaders()
      write({ status: "pulling manifest" })
      const script = pulls[name] ?? pulls[`${name}:latest`]
      if (script === undefined) write({ error: "pull model manifest: file does not exist" })
      else {
        const model = await script(write, ended)
        if (model !== undefined) models.push(model)
        if (model !== undefined) write({ status: "success" })
      }
      response.end()
    },
    "POST /api/chat": async ({ request: { body, ended }, response, play }) => {
      const model = find(body)
      if (model === undefined) return void response.writeHead(404).end(notFound(body))
      const { think } = body as { think?: unknown }
      const reasons = capabilitiesOf(model).includes("thinking")
      if (think && !reasons) {
        return void response.writeHead(400).end(JSON.stringify({ error: `"${model.name}" does not support thinking` }))
      }
      if (loadsOnAsk) await memory.load(model, runnerOptions(body), ended)
      const { thinking, ...quiet } = model
      const spoken = { ...quiet, text: model.text ?? echo(promptOf(body)) }
      await play(wireOf(model), thinking !== undefined && think !== false ? { ...spoken, thinking } : spoken)
    },
  }
  const server = await startModelServer((methodAndPath) => {
    if (without.includes(methodAndPath)) return undefined
    if (hanging.has(methodAndPath)) return async ({ request }) => void (await request.ended)
    return routes[methodAndPath]
  }, port)
  const loaded = () => models.filter((model) => memory.has(model)).map(({ name }) => name)
  return { ...server, models, pulls, hanging, loads: memory.loads, inMemory: loaded }
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

function inMemory({ sizeBytes = 1_000_000, memoryBytes = sizeBytes, gpuBytes = memoryBytes, ...model }: OllamaModel) {
  const context = model.contextLength === undefined ? {} : { context_length: model.contextLength }
  return { size: memoryBytes, size_vram: gpuBytes, expires_at: "2026-01-01T00:05:00Z", ...context }
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

function wireOf({ name: model, toolCalls = [] }: OllamaModel): Wire {
  const line = (rest: object) => `${JSON.stringify({ model, created_at: createdAt, ...rest })}\n`
  const called = ({ id, ...call }: (typeof toolCalls)[number], index: number) =>
    line({
      message: { role: "assistant", content: "", tool_calls: [{ ...(id && { id }), function: { index, ...call } }] },
      done: false,
    })
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
      toolCalls.map(called).join("") +
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
