import * as v from "valibot"
import { modelFacts } from "../../model/facts.ts"
import type { ProviderModel } from "../../model/provider.ts"
import type { Capability } from "../../protocol/http.ts"

const count = v.nullish(v.number())
const texts = v.nullish(v.array(v.string()))

/**
 * `GET /models`. OpenAI tells only ids; the other fields are those of vLLM (`max_model_len`), llama.cpp (`meta`,
 * `architecture`), OpenRouter (`context_length`, `architecture`, `supported_parameters`) and Groq (`context_window`).
 */
export const modelList = v.object({
  data: v.array(
    v.object({
      id: v.string(),
      max_model_len: count,
      context_length: count,
      context_window: count,
      meta: v.nullish(v.object({ n_ctx_train: count })),
      architecture: v.nullish(v.object({ input_modalities: texts })),
      supported_parameters: texts,
    }),
  ),
})
type Listed = v.InferOutput<typeof modelList>["data"][number]

/** The models of a list that can chat. */
export function chatModels(listed: readonly Listed[]): ProviderModel[] {
  return listed.flatMap((model) => {
    const facts = modelFacts(model.id)
    if (facts.chat === false) return []
    const contextLength = model.context_length ?? model.max_model_len ?? model.context_window ?? model.meta?.n_ctx_train
    const capabilities = [...new Set([...toldBy(model), ...(facts.capabilities ?? [])])]
    return { id: model.id, name: model.id, capabilities, ...(contextLength ? { contextLength } : {}) }
  })
}

function toldBy({ architecture, supported_parameters: parameters }: Listed): Capability[] {
  return [
    ...(architecture?.input_modalities?.includes("image") ? (["images"] as const) : []),
    ...(parameters?.includes("tools") ? (["tools"] as const) : []),
    ...(parameters?.includes("reasoning") ? (["reasoning"] as const) : []),
  ]
}
