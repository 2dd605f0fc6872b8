import { modelFacts } from "../../model/facts.ts"
import type { Params } from "../../protocol/frame.ts"
import { base64 } from "../base64.ts"
import type { PlainMessage } from "../content.ts"

/** The body of `POST /chat/completions`. An assistant's message at the end is there to be gone on from. */
export function completionBody(model: string, messages: PlainMessage[], params: Params): object {
  const { temperature, topP, maxOutputTokens, stop, seed } = params
  const facts = modelFacts(model)
  const effort = reasoningEffort(params.reasoning, facts.leastReasoning)
  return {
    model,
    stream: true,
    stream_options: { include_usage: true },
    messages: [
      ...(params.system ? [{ role: "system", content: params.system }] : []),
      ...messages.map((message) => ({ role: message.role, content: contentOf(message) })),
    ],
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(maxOutputTokens === undefined ? {} : { [facts.outputLimit ?? "max_tokens"]: maxOutputTokens }),
    ...(stop === undefined || stop.length === 0 ? {} : { stop }),
    ...(seed === undefined ? {} : { seed }),
    ...(effort === undefined ? {} : { reasoning_effort: effort }),
  }
}

/**
 * `off` is the least the model is known to take, and left out for one known not to reason. What a server makes of a
 * level its model does not know is for it to say: it refuses by name, and that reaches the person who asked.
 */
function reasoningEffort(reasoning: Params["reasoning"], least: string | null | undefined): string | undefined {
  if (reasoning !== "off") return reasoning
  return least === null ? undefined : (least ?? "none")
}

function contentOf({ text, images }: PlainMessage): unknown {
  if (images.length === 0) return text
  return [
    ...(text === "" ? [] : [{ type: "text", text }]),
    ...images.map(({ mediaType, bytes }) => ({
      type: "image_url",
      image_url: { url: `data:${mediaType};base64,${base64(bytes)}` },
    })),
  ]
}
