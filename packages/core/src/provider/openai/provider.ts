import type { ModelRequest, ProviderFetch, ProviderModel, ProviderResponse } from "../../model/provider.ts"
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

  async function ask({ model, messages, params }: ModelRequest, signal: AbortSignal): Promise<ProviderResponse> {
    const body = completionBody(model, plainMessages(messages, true, model), params)
    return server.call({ method: "POST", path: "/chat/completions", body, signal, model })
  }

  return {
    id: "openai",
    servers: [{ address: server.address, list }],
    list,
    stream: (request, signal) => readAnswer(server, () => ask(request, signal), new OpenaiAnswer(server), signal),
  }
}
