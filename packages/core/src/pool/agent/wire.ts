import * as v from "valibot"

/** What an Ollama server tells an agent, as far as it is used (https://docs.ollama.com/api). Go writes null for empty. */
const text = v.nullish(v.string())
const count = v.nullish(v.number())

/** `GET /api/version`. */
export const version = v.object({ version: v.string() })

/** `GET /api/ps`: in memory, or on its way there. */
export const running = v.object({
  models: v.nullish(v.array(v.object({ name: v.string(), size: count, size_vram: count, context_length: count }))),
})

/** `GET /api/tags`: on the disk. */
export const stored = v.object({ models: v.nullish(v.array(v.object({ name: v.string(), size: count }))) })

/** A line of `POST /api/pull`. The layers of a model come one after the other. */
export const pullLine = v.object({ status: text, digest: text, total: count, completed: count, error: text })
