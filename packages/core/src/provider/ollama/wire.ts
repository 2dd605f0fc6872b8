import * as v from "valibot"

/**
 * What an Ollama server tells of its models, as far as it is used here (https://docs.ollama.com/api). Go writes null for
 * what is empty, and older versions leave fields out.
 */
const text = v.nullish(v.string())
const count = v.nullish(v.number())
const texts = v.nullish(v.array(v.string()))

/** `GET /api/tags`. Capabilities and context length came in 2026. */
export const tags = v.object({
  models: v.nullish(
    v.array(
      v.object({
        name: v.string(),
        size: count,
        digest: text,
        capabilities: texts,
        details: v.nullish(v.object({ family: text, context_length: count })),
      }),
    ),
  ),
})
export type Tag = NonNullable<v.InferOutput<typeof tags>["models"]>[number]

/** `POST /api/show`. `thinking` came in 2026, `capabilities` in 2025. */
export const show = v.object({
  capabilities: texts,
  details: v.nullish(v.object({ family: text })),
  model_info: v.nullish(v.record(v.string(), v.unknown())),
  thinking: v.nullish(v.object({ values: v.nullish(v.array(v.union([v.boolean(), v.string()]))) })),
})
export type Show = v.InferOutput<typeof show>

/** `GET /api/ps`: the models in memory now. */
export const running = v.object({ models: v.nullish(v.array(v.object({ name: v.string() }))) })

/** The calls of tools in a line of `POST /api/chat`. Ids came in 2025. */
export const toolCalls = v.array(
  v.object({
    id: text,
    function: v.object({ name: v.string(), arguments: v.nullish(v.record(v.string(), v.unknown())) }),
  }),
)
