import { startBedrockStandIn } from "../bedrock-stand-in.ts"
import type { Script, SeenRequest } from "../model-server.ts"
import { startOpenaiStandIn } from "../openai-stand-in.ts"
import { present } from "../upstream.ts"
import type { Asked, ScriptedModel, Upstream } from "../upstream.ts"

/** Models of Bedrock, and behind a server with OpenAI's API those that see: Bedrock's are asked in words only. */
export async function startCloudUpstream(models: readonly ScriptedModel[]) {
  const seeing = new Set(models.filter(({ kind }) => kind === "images").map(({ name }) => name))
  const idOf = (name: string): string => `${seeing.has(name) ? "openai" : "bedrock"}/${name}`
  let [bedrock, openai] = await Promise.all([
    startBedrockStandIn({ models: models.filter(({ name }) => !seeing.has(name)).map(({ name }) => ({ id: name })) }),
    startOpenaiStandIn({ models: [...seeing].map((name) => ({ name, told: seesImages })) }),
  ])
  const [bedrockUrl, openaiUrl] = [bedrock.url, openai.baseUrl]
  const portOf = (url: string) => Number(new URL(url).port)
  const pathOf = (id: string) => `/model/${encodeURIComponent(id.slice("bedrock/".length))}/converse-stream`

  const upstream: Upstream = {
    ids: () => models.map(({ name }) => idOf(name)),
    idOf,
    script(name, script) {
      if (seeing.has(name)) replace(openai.models, (each) => each.name === name, { name, told: seesImages, ...script })
      else replace(bedrock.models, ({ id }) => id === name, { id: name, ...inBedrocksWords(script) })
    },
    asked: () => [
      ...bedrock.requests.map(fromBedrock).filter((asked) => asked !== undefined),
      ...openai.requests.filter(({ path }) => path === completions).map(fromOpenai),
    ],
    async firstAsked(id) {
      if (!id.startsWith("openai/")) return fromBedrock(await bedrock.received(pathOf(id))) as Asked
      for (let count = 1; ; count += 1) {
        const asked = fromOpenai(await openai.received(completions, count))
        if (asked.model === id) return asked
      }
    },
    held: () => Promise.race([bedrock.held(), openai.held()]),
    release() {
      bedrock.release()
      openai.release()
    },
    async down() {
      await Promise.all([bedrock.close(), openai.close()])
    },
    async up() {
      ;[bedrock, openai] = await Promise.all([
        startBedrockStandIn({ models: bedrock.models, port: portOf(bedrockUrl) }),
        startOpenaiStandIn({ models: openai.models, port: portOf(openaiUrl) }),
      ])
    },
  }
  const configured = models.filter(({ name }) => !seeing.has(name))
  return {
    upstream,
    close: upstream.down,
    /** What a function's environment says of them. */
    environment: {
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrockUrl,
      OPENAI_BASE_URL: openaiUrl,
      OPENAI_API_KEY: "key-of-the-tests",
      BEDROCK_MODELS: JSON.stringify(
        configured.map(({ name, kind, contextLength }) => ({
          id: name,
          name,
          maxOutputTokens: 100_000,
          capabilities: kind === "thinking" ? ["reasoning"] : [],
          ...(contextLength === undefined ? {} : { contextLength }),
        })),
      ),
    },
  }
}

const completions = "/v1/chat/completions"
const seesImages = { architecture: { input_modalities: ["text", "image"] } }

function replace<T>(list: T[], is: (each: T) => boolean, by: T): void {
  list[list.findIndex(is)] = by
}

const reasons: Record<string, string> = { stop: "end_turn", length: "max_tokens" }
function inBedrocksWords(script: Script): Script {
  const { finishReason } = script
  return finishReason === undefined ? script : { ...script, finishReason: reasons[finishReason] ?? finishReason }
}

type Converse = {
  messages: { role: string; content: { text?: string }[] }[]
  system?: { text: string }[]
  inferenceConfig?: { maxTokens?: number; temperature?: number; topP?: number; stopSequences?: string[] }
}

function fromBedrock({ path, body, ended }: SeenRequest): Asked | undefined {
  const [, name] = /^\/model\/([^/]+)\/converse-stream$/.exec(path) ?? []
  if (name === undefined) return undefined
  const { messages, system, inferenceConfig = {} } = body as Converse
  const { maxTokens: maxOutputTokens, temperature, topP, stopSequences: stop } = inferenceConfig
  return {
    body,
    ended,
    model: `bedrock/${decodeURIComponent(name)}`,
    ...(system === undefined ? {} : { system: system.map(({ text }) => text).join("\n") }),
    messages: messages.map(({ role, content }) => ({
      role,
      text: content.map(({ text = "" }) => text).join(""),
      images: [],
    })),
    params: present({ temperature, topP, maxOutputTokens, stop }),
  }
}

type Part = { type: string; text?: string; image_url?: { url: string } }
type Completion = { model: string; messages: { role: string; content: string | Part[] }[] }

function fromOpenai({ body, ended }: SeenRequest): Asked {
  const { model, messages } = body as Completion
  return {
    body,
    ended,
    model: `openai/${model}`,
    messages: messages.map(({ role, content }) => {
      const parts: Part[] = typeof content === "string" ? [{ type: "text", text: content }] : content
      return {
        role,
        text: parts.map(({ text = "" }) => text).join(""),
        images: parts.flatMap(({ image_url: image }) =>
          image === undefined ? [] : [Buffer.from(image.url.replace(/^.*?base64,/, ""), "base64")],
        ),
      }
    }),
    params: {},
  }
}
