import { startOllamaStandIn } from "./ollama-stand-in.ts"
import type { OllamaModel } from "./ollama-stand-in.ts"
import type { SeenRequest } from "./model-server.ts"
import { present } from "./upstream.ts"
import type { Asked, ModelKind, ScriptedModel, Upstream } from "./upstream.ts"

const capabilities: Record<ModelKind, string[]> = {
  plain: ["completion", "tools"],
  thinking: ["completion", "thinking"],
  images: ["completion", "vision"],
}

/** Where an answer is asked for. */
export const answersPath = "/api/chat"
const idOf = (name: string): string => `ollama/${name}:latest`

/** Models of an Ollama. */
export async function startOllamaUpstream(
  models: readonly ScriptedModel[],
): Promise<Upstream & { url: string; close(): Promise<void> }> {
  const known = new Map(models.map((model): [string, OllamaModel] => [model.name, asOllama(model)]))
  let standIn = await startOllamaStandIn({ models: [...known.values()] })
  const { url } = standIn
  const answers = () => standIn.requests.filter((request) => request.path === answersPath)
  return {
    url,
    ids: () => [...known.keys()].map(idOf),
    idOf,
    script(name, script) {
      const index = standIn.models.findIndex((model) => model.name === `${name}:latest`)
      const { capabilities = [] } = standIn.models[index] ?? {}
      standIn.models[index] = { name: `${name}:latest`, capabilities, ...script }
    },
    asked: () => answers().map(askedOf),
    async firstAsked(id) {
      for (let count = 1; ; count += 1) {
        const asked = askedOf(await standIn.received(answersPath, count))
        if (asked.model === id) return asked
      }
    },
    held: () => standIn.held(),
    release: () => standIn.release(),
    down: () => standIn.close(),
    async up() {
      standIn = await startOllamaStandIn({ models: standIn.models, port: Number(new URL(url).port) })
    },
    close: () => standIn.close(),
  }
}

const asOllama = ({ name, kind, contextLength }: ScriptedModel): OllamaModel => ({
  name: `${name}:latest`,
  capabilities: capabilities[kind],
  ...(contextLength === undefined ? {} : { contextLength, loaded: true }),
})

type Sent = {
  model: string
  messages: { role: string; content: string; images?: string[] }[]
  options?: { temperature?: number; top_p?: number; num_predict?: number; stop?: string[]; seed?: number }
}

/** A request to it, in the words that all wires have in common. */
export function askedOf({ body, ended }: SeenRequest): Asked {
  const { model, messages, options = {} } = body as Sent
  const { temperature, top_p: topP, num_predict: maxOutputTokens, stop, seed } = options
  const system = messages.find(({ role }) => role === "system")?.content
  return {
    body,
    ended,
    model: `ollama/${model}`,
    ...(system === undefined ? {} : { system }),
    messages: messages
      .filter(({ role }) => role !== "system")
      .map(({ role, content, images = [] }) => ({
        role,
        text: content,
        images: images.map((image) => Buffer.from(image, "base64")),
      })),
    params: present({ temperature, topP, maxOutputTokens, stop, seed }),
  }
}
