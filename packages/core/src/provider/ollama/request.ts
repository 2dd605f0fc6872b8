import type { ModelTool } from "../../model/provider.ts"
import type { Params } from "../../protocol/frame.ts"
import { base64 } from "../base64.ts"
import type { Think } from "./think.ts"
import { type OllamaMessage, wireCall, wireTool } from "./tools.ts"

export type ChatRequest = {
  model: string
  messages: OllamaMessage[]
  params: Params
  think: Think | undefined
  tools: readonly ModelTool[]
}

/** The body of `POST /api/chat`. An assistant's message at the end is gone on from. */
export function chatBody({ model, messages, params, think, tools }: ChatRequest): object {
  const options = chatOptions(params)
  return {
    model,
    stream: true,
    messages: [
      ...(params.system ? [{ role: "system", content: params.system }] : []),
      ...messages.map(({ role, text, images, calls, toolName }) => ({
        role,
        content: text,
        ...(images.length > 0 ? { images: images.map((image) => base64(image.bytes)) } : {}),
        ...(calls === undefined ? {} : { tool_calls: calls.map(wireCall) }),
        ...(toolName === undefined ? {} : { tool_name: toolName }),
      })),
    ],
    ...(tools.length > 0 ? { tools: tools.map(wireTool) } : {}),
    ...(think === undefined ? {} : { think }),
    ...(Object.keys(options).length > 0 ? { options } : {}),
  }
}

/** Never `num_ctx` and its like: options that differ from the loaded model's make the server load it again. */
function chatOptions({ temperature, topP, maxOutputTokens, stop, seed }: Params): object {
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(maxOutputTokens === undefined ? {} : { num_predict: maxOutputTokens }),
    ...(stop === undefined || stop.length === 0 ? {} : { stop }),
    ...(seed === undefined ? {} : { seed }),
  }
}
