import { echo, startModelServer } from "./model-server.ts"
import type { ModelServer, Script, SeenPrompt, Wire } from "./model-server.ts"

/** A server that speaks the chat completions wire of OpenAI and its many relatives, with models that answer by script. */

export type OpenaiModel = Script & {
  name: string
  /** What `/models` tells beyond the id. */
  told?: object
  /** How thoughts are called in a delta; vLLM since 0.19 and OpenRouter say `reasoning`. */
  thoughtField?: "reasoning_content" | "reasoning"
  /** What stands at the end of the stream; default both. Real servers leave out the one or the other. */
  endMarks?: "both" | "finish-reason" | "done"
  lineEnd?: "\n" | "\r\n"
}

export type OpenaiStandInOptions = {
  /** Default one model, `echo`. May be changed while it runs. */
  models?: OpenaiModel[]
  /** When given, everything else is refused with 401. */
  apiKey?: string
  port?: number
}

export type OpenaiStandIn = ModelServer & {
  models: OpenaiModel[]
  /** What goes into the settings: the address up to the version. */
  baseUrl: string
}

export async function startOpenaiStandIn(options: OpenaiStandInOptions = {}): Promise<OpenaiStandIn> {
  const models = [...(options.models ?? [{ name: "echo" }])]
  const admitted = (authorization: string | undefined) =>
    options.apiKey === undefined || authorization === `Bearer ${options.apiKey}`
  const server = await startModelServer(
    {
      "GET /v1/models": ({ request, response }) => {
        if (!admitted(request.headers.authorization)) return void response.writeHead(401).end(wrongKey)
        const data = models.map(({ name, told }) => ({ id: name, object: "model", owned_by: "stand-in", ...told }))
        response.end(JSON.stringify({ object: "list", data }))
      },
      "POST /v1/chat/completions": async ({ request, response, play }) => {
        if (!admitted(request.headers.authorization)) return void response.writeHead(401).end(wrongKey)
        const { body } = request
        const wanted = (body as { model: string }).model
        const model = models.find(({ name }) => name === wanted)
        if (model === undefined) {
          const error = { message: `The model \`${wanted}\` does not exist`, code: "model_not_found" }
          return void response.writeHead(404).end(JSON.stringify({ error }))
        }
        await play(wireOf(model), { ...model, text: model.text ?? echo(promptOf(body)) })
      },
    },
    options.port,
  )
  return { ...server, models, baseUrl: `${server.url}/v1` }
}

const wrongKey = JSON.stringify({ error: { message: "Incorrect API key provided", code: "invalid_api_key" } })

type SentPart = { type: string; text?: string }

function promptOf(body: unknown): SeenPrompt {
  const { messages } = body as { messages: { role: string; content: string | SentPart[] }[] }
  const seen = messages.map(({ role, content }) => {
    const parts = typeof content === "string" ? [{ type: "text", text: content }] : content
    const text = parts.map((part) => part.text ?? "").join("")
    return { role, text, images: parts.filter((part) => part.type === "image_url").length }
  })
  const system = seen.find((message) => message.role === "system")?.text
  return {
    ...(system === undefined ? {} : { system }),
    messages: seen.filter((message) => message.role !== "system"),
  }
}

function wireOf({ name, thoughtField = "reasoning_content", endMarks = "both", lineEnd = "\n" }: OpenaiModel): Wire {
  const data = (text: string) => `data: ${text}${lineEnd}${lineEnd}`
  const chunk = (rest: object) =>
    data(JSON.stringify({ id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: name, ...rest }))
  const choice = (delta: object, finish_reason: string | null = null) =>
    chunk({ choices: [{ index: 0, delta, finish_reason }] })
  return {
    contentType: "text/event-stream",
    refusal: (message) => JSON.stringify({ error: { message } }),
    chunk: (kind, text) => choice(kind === "text" ? { content: text } : { [thoughtField]: text }),
    garbage: data('{"choices": [{"index": 0, "del'),
    error: (message) => data(JSON.stringify({ error: { message, code: 500 } })),
    end: (script, chunks) =>
      [
        `: a comment, as some servers send to keep the line open${lineEnd}${lineEnd}`,
        endMarks === "done" ? "" : choice({}, script.finishReason ?? "stop"),
        chunk({ choices: [], usage: { prompt_tokens: 11, completion_tokens: chunks } }),
        endMarks === "finish-reason" ? "" : data("[DONE]"),
      ].join(""),
  }
}
