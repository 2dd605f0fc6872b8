import type { ModelRequest, ProviderFetch, ProviderResponse } from "../../model/provider.ts"
import type { ServedProvider } from "../../model/source.ts"
import { readAnswer } from "../answer.ts"
import { asksAboutImages, plainMessages } from "../content.ts"
import { Server } from "../server.ts"
import { OllamaAnswer } from "./answer.ts"
import { OllamaModels } from "./models.ts"
import { chatBody } from "./request.ts"
import { thinkValue } from "./think.ts"
import { boundTools, toolMessages } from "./tools.ts"

export type OllamaOptions = {
  /** Like `http://127.0.0.1:11434`; may hold a user and password for a proxy before it. */
  baseUrl: string
  fetch: ProviderFetch
}

/** One Ollama server, over its own API (https://docs.ollama.com/api). Throws a TypeError on a base URL that is none. */
export function ollamaProvider({ baseUrl, fetch }: OllamaOptions): ServedProvider {
  const server = new Server({
    kind: "Ollama",
    baseUrl,
    fetch,
    advice: 'Start it with "ollama serve", or correct its address in the settings.',
  })
  const models = new OllamaModels(server)
  const list = (signal: AbortSignal) => models.list(signal)

  async function ask(request: ModelRequest, signal: AbortSignal): Promise<ProviderResponse> {
    const { model, messages, params } = request
    // The model's facts cost a call the first time, so they are asked for only where they decide something.
    const mayCall = boundTools(request, undefined).length > 0
    const decisive = params.reasoning !== undefined || mayCall || asksAboutImages(messages)
    const facts = decisive ? await models.facts(model, signal) : undefined
    const sees = facts?.capabilities?.includes("vision") ?? true
    const think = thinkValue(params.reasoning, facts?.thinking ?? [], model)
    const tools = boundTools(request, facts?.capabilities)
    const wired = (tools.length > 0 ? toolMessages : plainMessages)(messages, sees, model)
    const body = chatBody({ model, messages: wired, params, think, tools })
    return server.call({ method: "POST", path: "/api/chat", body, signal, model })
  }

  return {
    id: "ollama",
    servers: [{ address: server.address, list }],
    list,
    stream: (request, signal) => readAnswer(server, () => ask(request, signal), new OllamaAnswer(server), signal),
  }
}
