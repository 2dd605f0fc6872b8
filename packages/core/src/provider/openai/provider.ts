import type { ModelEvent, ModelRequest, ProviderFetch, ProviderModel } from "../../model/provider.ts"
import type { ServedProvider } from "../../model/source.ts"
import { readAnswer } from "../answer.ts"
import { plainMessages } from "../content.ts"
import { Server } from "../server.ts"
import { OpenaiAnswer } from "./answer.ts"
import { chatModels, modelList } from "./models.ts"
import { completionBody } from "./request.ts"

export type OpenaiOptions = {
  /** Up to and including the version: `https://api.openai.com/v1`. */
  baseUrl: string
  apiKey?: string
  fetch: ProviderFetch
}

/** One server with the OpenAI chat completions API, whoever made it. Throws a TypeError on a base URL that is none. */
export function openaiProvider({ baseUrl, apiKey, fetch }: OpenaiOptions): ServedProvider {
  const server = new Server({
    kind: "OpenAI-compatible",
    baseUrl,
    fetch,
    headers: apiKey ? { authorization: `Bearer ${apiKey}` } : {},
    advice: "See that it runs, or correct its address in the settings; most addresses end in /v1.",
  })

  async function list(signal: AbortSignal): Promise<ProviderModel[]> {
    const { data } = await server.json(modelList, { method: "GET", path: "/models", signal })
    return chatModels(data)
  }

  async function* stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent, void, undefined> {
    const { model, messages, params } = request
    const body = completionBody(model, plainMessages(messages, true, model), params)
    const response = await server.call({ method: "POST", path: "/chat/completions", body, signal, model })
    yield* readAnswer(server, response, new OpenaiAnswer(server), signal)
  }

  return { id: "openai", servers: [{ address: server.address, list }], list, stream }
}
